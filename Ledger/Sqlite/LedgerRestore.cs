using Ledger.Sealing;

namespace Ledger.Sqlite;

/// <summary>Makes a data directory from a backup. Nothing is ever overwritten.</summary>
public static class LedgerRestore
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Compares the backup with its manifest, then copies it.</summary>
    /// <param name="backup">The backup's directory.</param>
    /// <param name="dataDirectory">A directory that is empty, or not there.</param>
    /// <param name="progress">Is told the bytes compared and copied, and all of them.</param>
    /// <param name="cancellationToken">Ends it; what was begun has no ledger.</param>
    /// <exception cref="InvalidDataException">It is no whole backup.</exception>
    /// <exception cref="IOException">The data directory is not empty.</exception>
    public static BackupManifest Restore(string backup, string dataDirectory, Action<long, long> progress, CancellationToken cancellationToken)
    {
        if (Directory.Exists(dataDirectory) && Directory.EnumerateFileSystemEntries(dataDirectory).Any())
            throw new IOException($"'{dataDirectory}' is not empty: a restore never overwrites. Give another directory with --data.");
        var manifest = BackupManifest.Verify(backup, (done, total) => progress(done, total * 2), cancellationToken);
        using var taken = DataDirectoryLock.Take(dataDirectory);
        var before = manifest.Bytes;
        foreach (var name in new[] { MasterKey.FileName, SqliteStore.FileName })
        {
            Copy(Path.Combine(backup, name), Path.Combine(dataDirectory, name), done => progress(before + done, manifest.Bytes * 2), cancellationToken);
            before += manifest.Files.Single(file => file.Name == name).Bytes;
        }

        return manifest;
    }

    // Under its own name only once it is whole: a restore that was cut short leaves no ledger that looks like one.
    private static void Copy(string from, string to, Action<long> progress, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan))
        using (var target = new FileStream(to + ".restoring", options))
        {
            var buffer = new byte[BufferBytes];
            long done = 0;
            for (int count; (count = source.Read(buffer)) > 0; progress(done += count))
            {
                cancellationToken.ThrowIfCancellationRequested();
                target.Write(buffer.AsSpan(0, count));
            }

            target.Flush(flushToDisk: true);
        }

        File.Move(to + ".restoring", to);
    }
}
