using Ledger.EventLog;
using Ledger.Sealing;
using Ledger.Sqlite;

namespace Ledger.Backup;

/// <summary>Makes a data directory of a backup. It gets its name only after the audit of what was copied.</summary>
public static class LedgerRestore
{
    /// <summary>The audit of the restored ledger; where it found something, nothing was restored.</summary>
    /// <exception cref="BackupRefusedException">The directory is not empty, or the backup is not what its manifest says.</exception>
    public static AuditReport Restore(string backupDirectory, string dataDirectory, IProgress<AuditProgress>? progress, CancellationToken cancellation)
    {
        var manifest = BackupManifest.Read(backupDirectory);
        string[] needed = [SqliteStore.FileName, MasterKey.FileName];
        if (!manifest.Files.Select(static file => file.Name).Order(StringComparer.Ordinal).SequenceEqual(needed.Order(StringComparer.Ordinal)))
            throw new BackupRefusedException($"The manifest of '{backupDirectory}' does not name exactly {string.Join(" and ", needed)}.");
        using var directory = new DurableDirectory(dataDirectory);
        foreach (var file in manifest.Files)
        {
            cancellation.ThrowIfCancellationRequested();
            Copy(directory, backupDirectory, file);
        }

        var ledger = directory.PathOf(SqliteStore.FileName);
        var report = AuditVerifier.Verify(ledger, progress, cancellation);
        if (!report.IsSound)
            return report;
        if (report.LastPosition != manifest.Position)
            throw new BackupRefusedException($"The backup ends at position {report.LastPosition}, but its manifest says {manifest.Position}. Nothing was restored.");
        // The audit's own connection left them, empty.
        File.Delete(ledger + "-wal");
        File.Delete(ledger + "-shm");
        directory.Finish();
        return report;
    }

    private static void Copy(DurableDirectory directory, string backupDirectory, BackupFile expected)
    {
        var source = Path.Combine(backupDirectory, expected.Name);
        if (!File.Exists(source))
            throw new BackupRefusedException($"The backup is damaged: '{source}' is missing. Nothing was restored.");
        var copied = directory.Copy(source, expected.Name);
        if (copied != expected)
            throw new BackupRefusedException($"The backup is damaged: '{source}' is not the file that its manifest describes. Nothing was restored.");
    }
}
