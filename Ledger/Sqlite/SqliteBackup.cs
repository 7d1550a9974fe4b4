using SQLitePCL;

namespace Ledger.Sqlite;

/// <summary>
/// A copy of the ledger in the making. Steps run on the writer's thread, between commits; what a commit changes meanwhile is
/// copied along, so that the copy is of the moment of its last step. It is not yet on the disk then: its file is to be synced.
/// </summary>
public sealed class SqliteBackup : IDisposable
{
    /// <summary>Pages copied a step: 8 MiB, a few milliseconds.</summary>
    private const int PagesPerStep = 2_048;

    private readonly SqliteDatabase target;
    private readonly sqlite3_backup backup;

    internal SqliteBackup(SqliteDatabase source, string path)
    {
        target = new SqliteDatabase(path, SqliteAccess.Copy);
        backup = raw.sqlite3_backup_init(target.Handle, "main", source.Handle, "main");
        if (backup is null || backup.IsInvalid)
        {
            target.Dispose();
            throw new LedgerStoreException($"Cannot back up to '{path}'.");
        }
    }

    public int TotalPages => raw.sqlite3_backup_pagecount(backup);

    public int RemainingPages => raw.sqlite3_backup_remaining(backup);

    /// <summary>Copies some pages; false when all are there.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_backup_step(backup, PagesPerStep);
        if (result == raw.SQLITE_DONE)
            return false;
        target.Check(result);
        return true;
    }

    public void Dispose()
    {
        raw.sqlite3_backup_finish(backup);
        target.Dispose();
    }
}
