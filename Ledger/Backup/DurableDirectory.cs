using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Ledger.Backup;

/// <summary>A directory that appears whole, under its name, or not at all: filled beside it, synced, then renamed.</summary>
internal sealed partial class DurableDirectory : IDisposable
{
    private const int CopyBufferSize = 1 << 20;

    private readonly string finalPath;
    private bool isDone;

    /// <exception cref="BackupRefusedException">Something stands at that path already.</exception>
    public DurableDirectory(string path)
    {
        finalPath = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(finalPath) || (Directory.Exists(finalPath) && Directory.EnumerateFileSystemEntries(finalPath).Any()))
            throw new BackupRefusedException($"'{finalPath}' exists and is not empty. Give another directory; nothing was changed.");
        Location = $"{finalPath}.unfinished-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        Directory.CreateDirectory(Path.GetDirectoryName(finalPath) ?? finalPath);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Location);
        else
            Directory.CreateDirectory(Location, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Where it is filled.</summary>
    public string Location { get; }

    public string PathOf(string name) => Path.Combine(Location, name);

    /// <summary>Copies a file into it, readable by its owner only, and says what was copied.</summary>
    public BackupFile Copy(string source, string name)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var from = File.OpenRead(source);
        using var to = new FileStream(PathOf(name), options);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[CopyBufferSize];
        long size = 0;
        for (int read; (read = from.Read(buffer)) > 0; size += read)
        {
            hash.AppendData(buffer, 0, read);
            to.Write(buffer, 0, read);
        }

        to.Flush(flushToDisk: true);
        return new BackupFile(name, size, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Syncs a file that was written in it, and says what is in it.</summary>
    public BackupFile Seal(string name)
    {
        using var file = new FileStream(PathOf(name), FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
        return new BackupFile(name, file.Length, Convert.ToHexStringLower(SHA256.HashData(file)));
    }

    public void Write(string name, byte[] content)
    {
        using var file = new FileStream(PathOf(name), FileMode.CreateNew, FileAccess.Write);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Gives it its name. It is there after a power cut, too.</summary>
    public void Finish()
    {
        Sync(Location);
        if (Directory.Exists(finalPath))
            Directory.Delete(finalPath);
        Directory.Move(Location, finalPath);
        isDone = true;
        Sync(Path.GetDirectoryName(finalPath) ?? finalPath);
    }

    public void Dispose()
    {
        if (!isDone)
            Directory.Delete(Location, recursive: true);
    }

    // The framework opens no directories. Where there is no such call (Windows), a rename is journaled by the file system.
    private static void Sync(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(directory, 0);
        if (descriptor < 0)
            throw new IOException($"Cannot open directory '{directory}' to sync it (error {Marshal.GetLastPInvokeError()}).");
        var result = Fsync(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (result != 0)
            throw new IOException($"Cannot sync directory '{directory}' (error {error}).");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
