using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Archive;

/// <summary>A file that is there whole or not at all, also after the power failed: written beside, made durable, then renamed.</summary>
internal static partial class DurableFile
{
    public const string Unfinished = ".new";

    private const int BufferBytes = 1 << 16;

    public static void Write(string path, Action<Stream> write)
    {
        using (var file = Begin(path))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        Finish(path);
    }

    /// <summary>The file as it grows, under another name.</summary>
    public static FileStream Begin(string path) => new(path + Unfinished, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes);

    /// <summary>Gives the file, whose bytes are durable, its name, durably.</summary>
    public static void Finish(string path)
    {
        File.Move(path + Unfinished, path, overwrite: true);
        if (!OperatingSystem.IsWindows())
            SyncDirectory(Path.GetDirectoryName(path)!);
    }

    // The new name stands in the directory, which is a file of its own. .NET opens no directory.
    private static void SyncDirectory(string directory)
    {
        using var handle = OpenDirectory(directory, 0);
        if (handle.IsInvalid)
            throw new IOException($"Cannot open '{directory}': {Marshal.GetLastPInvokeErrorMessage()}.");
        if (Sync(handle) != 0)
            throw new IOException($"Cannot make '{directory}' durable: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenDirectory(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle handle);
}
