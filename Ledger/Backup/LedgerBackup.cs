using Ledger.Sealing;
using Ledger.Sqlite;

namespace Ledger.Backup;

/// <summary>
/// Copies a ledger and its key file into a new directory. The directory gets its name last: what stands under it is whole.
/// </summary>
public static class LedgerBackup
{
    /// <summary>
    /// Backs up a running ledger, between its commits. Every payment that was acknowledged before is in it, and it ends
    /// however many come meanwhile.
    /// </summary>
    /// <param name="target">A directory that does not exist yet, or is empty.</param>
    /// <exception cref="BackupRefusedException">The target is in use.</exception>
    /// <exception cref="OperationCanceledException">The token says so, or the writer ended; nothing is left of it.</exception>
    public static async Task<BackupManifest> OfRunning(LedgerWriter writer, SqliteStore store, string dataDirectory, string target, TimeProvider timeProvider, CancellationToken cancellation)
    {
        using var directory = new DurableDirectory(target);
        SqliteBackup? copy = null;
        long position = 0;
        void End() => copy?.Dispose();
        await writer.RunBetweenCommits(
            () =>
            {
                try
                {
                    cancellation.ThrowIfCancellationRequested();
                    copy ??= store.StartBackup(directory.PathOf(SqliteStore.FileName));
                    if (copy.Step())
                        return true;
                    position = store.LastPosition;
                    End();
                    return false;
                }
                catch
                {
                    End();
                    throw;
                }
            },
            End);
        return Finish(directory, dataDirectory, position, timeProvider);
    }

    /// <summary>Backs up a ledger that no process runs on, and leaves it as it is.</summary>
    /// <exception cref="DataDirectoryInUseException">A process runs on it.</exception>
    /// <exception cref="BackupRefusedException">The target is in use, or there is no ledger.</exception>
    public static BackupManifest OfStopped(string dataDirectory, string target, TimeProvider timeProvider, CancellationToken cancellation)
    {
        var path = Path.Combine(dataDirectory, SqliteStore.FileName);
        if (!File.Exists(path))
            throw new BackupRefusedException($"There is no ledger at '{path}'.");
        using var held = DataDirectoryLock.Take(dataDirectory);
        using var directory = new DurableDirectory(target);
        long position;
        using (var source = new SqliteDatabase(path, SqliteAccess.Audit))
        {
            using (var copy = new SqliteBackup(source, directory.PathOf(SqliteStore.FileName)))
                while (copy.Step())
                    cancellation.ThrowIfCancellationRequested();
            var last = source.Statement("SELECT last_position FROM batch ORDER BY first_position DESC LIMIT 1");
            position = last.Step() ? last.Int64(0) : 0;
        }

        return Finish(directory, dataDirectory, position, timeProvider);
    }

    private static BackupManifest Finish(DurableDirectory directory, string dataDirectory, long position, TimeProvider timeProvider)
    {
        var manifest = new BackupManifest
        {
            Format = BackupManifest.CurrentFormat,
            Position = position,
            CreatedAt = timeProvider.GetUtcNow(),
            Files = [directory.Seal(SqliteStore.FileName), directory.Copy(Path.Combine(dataDirectory, MasterKey.FileName), MasterKey.FileName)],
        };
        directory.Write(BackupManifest.FileName, manifest.Encode());
        directory.Finish();
        return manifest;
    }
}
