using Ledger.Archive;

namespace Ledger.Sqlite;

/// <summary>The log of a SQLite ledger, read beside its writer; no read lasts long.</summary>
internal sealed class SqliteArchiveSource : IArchiveSource
{
    private const long PageRows = 4_096;

    private readonly SqliteDatabase database;

    public SqliteArchiveSource(string path)
    {
        database = new SqliteDatabase(path, SqliteAccess.Audit);
        Migrator.Compare(database).RequireCurrent();
    }

    public PrunedLog Pruned => PrunedLog.None;

    public long LastPosition
    {
        get
        {
            var select = database.Statement("SELECT coalesce(max(last_position), 0) FROM batch");
            select.Step();
            var position = select.Int64(0);
            select.Reset();
            return position;
        }
    }

    public IReadOnlyList<LogBatch> After(long position)
    {
        var page = Batches(position);
        if (page.Count == 0)
            return [];
        var rows = new List<LogRow>();
        var select = database.Statement($"SELECT {LogTable.Columns} FROM log WHERE id BETWEEN ? AND ? AND position BETWEEN ? AND ? ORDER BY position")
            .Bind(1, page.Min(static batch => batch.FirstId)).Bind(2, page.Max(static batch => batch.LastId)).Bind(3, page[0].First).Bind(4, page[^1].Last);
        try
        {
            while (select.Step())
                rows.Add(LogTable.Read(select));
        }
        finally
        {
            select.Reset();
        }

        return LogPages.Split(rows, page.ConvertAll(static batch => (batch.First, batch.Last, batch.Hash)));
    }

    public void Dispose() => database.Dispose();

    private List<(long First, long Last, long FirstId, long LastId, byte[] Hash)> Batches(long position)
    {
        var page = new List<(long First, long Last, long FirstId, long LastId, byte[] Hash)>();
        var select = database.Statement("SELECT first_position, last_position, first_id, last_id, hash FROM batch WHERE first_position > ? ORDER BY first_position LIMIT ?").Bind(1, position).Bind(2, PageRows);
        try
        {
            for (long length = 0; length < PageRows && select.Step(); length += page[^1].Last - page[^1].First + 1)
                page.Add((select.Int64(0), select.Int64(1), select.Int64(2), select.Int64(3), select.Blob(4) ?? []));
        }
        finally
        {
            select.Reset();
        }

        return page;
    }
}
