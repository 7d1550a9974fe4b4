namespace Ledger;

/// <summary>
/// A data directory belongs to one process. The lock is the operating system's (it ends with the process, however that ends);
/// the file beside it says who holds it.
/// </summary>
public sealed class DataDirectoryLock : IDisposable
{
    public const string FileName = "payments.lock";

    private const string HolderFileName = "payments.pid";

    private readonly FileStream file;

    private DataDirectoryLock(FileStream file) => this.file = file;

    /// <exception cref="DataDirectoryInUseException">Another process holds it.</exception>
    public static DataDirectoryLock Take(string directory)
    {
        Directory.CreateDirectory(directory);
        var holder = Path.Combine(directory, HolderFileName);
        FileStream file;
        try
        {
            // No sharing at all: on Unix anything less is a lock that several processes hold together.
            file = new FileStream(Path.Combine(directory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new DataDirectoryInUseException($"The data directory '{Path.GetFullPath(directory)}' is in use by process {Holder(holder)}. Stop it, or give another one with --data.", exception);
        }

        File.WriteAllText(holder, Environment.ProcessId.ToString());
        return new DataDirectoryLock(file);
    }

    public void Dispose() => file.Dispose();

    private static string Holder(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "(unknown)";
        }
    }
}

public sealed class DataDirectoryInUseException(string message, Exception inner) : Exception(message, inner);
