namespace Ledger;

/// <summary>
/// A data directory belongs to one process. The lock is the operating system's (it ends with the process, however that ends);
/// the file's text says who holds it.
/// </summary>
public sealed class DataDirectoryLock : IDisposable
{
    public const string FileName = "payments.lock";

    private readonly FileStream file;

    private DataDirectoryLock(FileStream file) => this.file = file;

    /// <exception cref="DataDirectoryInUseException">Another process holds it.</exception>
    public static DataDirectoryLock Take(string directory)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, FileName);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (IOException exception)
        {
            throw new DataDirectoryInUseException($"The data directory '{Path.GetFullPath(directory)}' is in use by process {Holder(path)}. Stop it, or give another one with --data.", exception);
        }

        file.SetLength(0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString()));
        file.Flush();
        return new DataDirectoryLock(file);
    }

    public void Dispose() => file.Dispose();

    private static string Holder(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            return "(unknown)";
        }
    }
}

public sealed class DataDirectoryInUseException(string message, Exception inner) : Exception(message, inner);
