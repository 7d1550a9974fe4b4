using Gateway.Operations;
using Ledger;
using Ledger.Sqlite;

namespace Silo.Embedded;

/// <summary>Backups of the running ledger, each in a directory of its own below one that the configuration names.</summary>
internal sealed class EmbeddedBackups(SqliteStore store, LedgerWriter writer, string dataDirectory, string root, TimeProvider machine) : ILedgerBackups
{
    public const string DirectorySetting = "Payments:Backup:Directory";

    private int running;

    /// <summary>Of whatever ledger the edition works on.</summary>
    public static ILedgerBackups Of(EmbeddedEdition edition, string dataDirectory, string root, TimeProvider machine) =>
        edition.Store is SqliteStore store ? new EmbeddedBackups(store, edition.Writer, dataDirectory, root, machine) : new PostgresBackups();

    public async Task<MadeBackup> Make(IProgress<BackupPages> progress, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref running, 1) == 1)
            throw new BackupRunningException();
        try
        {
            Directory.CreateDirectory(root);
            var target = Path.Combine(root, $"backup-{machine.GetUtcNow():yyyyMMdd'T'HHmmssfff'Z'}");
            var manifest = await LedgerBackup.OfRunning(
                store, dataDirectory, target, writer.RunBetweenCommits, (done, total) => progress.Report(new BackupPages(done, total)), machine, cancellationToken);
            return new MadeBackup(Path.GetFullPath(target), manifest.Bytes, manifest.LastPosition);
        }
        finally
        {
            Volatile.Write(ref running, 0);
        }
    }
}

/// <summary>A ledger in PostgreSQL is backed up there, with what comes with the server.</summary>
internal sealed class PostgresBackups : ILedgerBackups
{
    public Task<MadeBackup> Make(IProgress<BackupPages> progress, CancellationToken cancellationToken) =>
        throw new IOException("The ledger is in PostgreSQL: back it up there (pg_basebackup with a WAL archive, or pg_dump), and keep the master key's secret apart from it.");
}
