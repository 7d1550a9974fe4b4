using Ledger.Sqlite;

namespace Ledger.EventLog;

/// <summary>The order in which an audit reads and compares, and its transactions.</summary>
internal sealed class AuditRun(SqliteDatabase database, AuditFindings findings, IProgress<AuditProgress>? progress, CancellationToken cancellation)
{
    private const long RowsPerCountedPage = 200_000;

    /// <summary>How often the log's end may run away before the comparison begins all the same.</summary>
    private const int CatchUps = 20;

    public LogAudit? Log { get; private set; }

    public void Read()
    {
        Migrator.Compare(database).RequireCurrent();
        var holds = new HoldReplay(findings);
        var accounts = new AccountReplay(holds, findings);
        var keys = new KeyAudit(database, findings);
        var tally = new TallyAudit(database, findings);
        Log = new LogAudit(database, accounts, holds, keys, tally, findings);
        ReadLog();
        var projections = new ProjectionAudit(database, accounts, holds, findings);
        EachPage(projections.ReadAccounts);
        AtEnd(projections.NameUncounted);
        EachPage(projections.ReadHolds);
        EachPage(projections.ReadReturned);
        AtEnd(tally.Compare);
        EachPage(keys.ReadPage);
        if (keys.Differs)
            NameKeys(keys);
        CountRows();
        projections.CheckTrialBalance();
    }

    private void ReadLog()
    {
        for (var i = 0; i < CatchUps; i++)
        {
            var end = LastPosition();
            while (Log!.Position < end && InTransaction(Log.ReadPage))
                progress?.Report(new AuditProgress(Log.Position, Math.Max(end, Log.Position)));
            if (LastPosition() - end < 1_000)
                return;
        }
    }

    // A row that no batch leads to was not read: only counting all rows tells of it.
    private void CountRows()
    {
        var (end, found, id, stray) = (Log!.Position, 0L, long.MinValue, 0L);
        var expected = Log.Rows;
        EachPage(() =>
        {
            var select = database.Statement(
                "SELECT count(*), max(id), coalesce(sum(position BETWEEN 1 AND ?2), 0), coalesce(sum(position NOT BETWEEN 1 AND ?3), 0) FROM (SELECT id, position FROM log WHERE id > ?1 ORDER BY id LIMIT ?4)")
                .Bind(1, id).Bind(2, end).Bind(3, Log.Position).Bind(4, RowsPerCountedPage);
            select.Step();
            var count = select.Int64(0);
            (id, found, stray) = (select.Int64(1), found + select.Int64(2), stray + select.Int64(3));
            select.Reset();
            return count == RowsPerCountedPage;
        });
        if (found != expected || stray != 0)
            NameStrayRows(end);
    }

    private void NameStrayRows(long end)
    {
        var id = long.MinValue;
        EachPage(() =>
        {
            var select = database.Statement(
                $"SELECT {LogTable.Columns}, position BETWEEN 1 AND ?2 AND EXISTS (SELECT 1 FROM batch b WHERE b.first_position = (SELECT max(first_position) FROM batch WHERE first_position <= l.position) AND l.position <= b.last_position AND l.id BETWEEN b.first_id AND b.last_id) " +
                "FROM (SELECT * FROM log WHERE id > ?1 ORDER BY id LIMIT ?3) l").Bind(1, id).Bind(2, Log!.Position).Bind(3, RowsPerCountedPage / 10);
            var count = 0;
            Span<byte> leaf = stackalloc byte[LeafHash.Size];
            try
            {
                for (; select.Step(); count++)
                {
                    id = select.Int64(0);
                    if (select.Int64(LogTable.ColumnNames.Length) != 0)
                        continue;
                    findings.OfRow(id, select.Int64(1), "position", "The row stands in the log, but no batch has it.");
                    RowAudit.Read(select, leaf, findings);
                }
            }
            finally
            {
                select.Reset();
            }

            return count > 0;
        });
        if (findings.Count == 0)
            findings.Of("log", "position", $"Up to position {end} the log has other rows than were read.");
    }

    private void NameKeys(KeyAudit keys)
    {
        var before = findings.Count;
        var id = long.MinValue;
        EachPage(() =>
        {
            var next = keys.NameMissing(id);
            id = next;
            return next != 0;
        });
        var after = (long.MinValue, Array.Empty<byte>());
        EachPage(() => keys.NameStray(ref after));
        var pruned = false;
        AtEnd(() => pruned = keys.WasPruned);
        if (findings.Count == before && !pruned)
            findings.Of("key", "key", "The index of keys has other keys than the log.");
    }

    private void EachPage(Func<bool> page)
    {
        var more = true;
        while (more)
            AtEnd(() => more = page());
    }

    /// <summary>Reads the log to its end, and does the work on the same state of the file.</summary>
    private void AtEnd(Action work) => InTransaction(() =>
    {
        while (Log!.ReadPage())
            cancellation.ThrowIfCancellationRequested();
        work();
        return true;
    });

    private bool InTransaction(Func<bool> work)
    {
        cancellation.ThrowIfCancellationRequested();
        database.Execute("BEGIN");
        try
        {
            return work();
        }
        finally
        {
            database.RollBack();
        }
    }

    private long LastPosition()
    {
        var select = database.Statement("SELECT last_position FROM batch ORDER BY first_position DESC LIMIT 1");
        var position = select.Step() ? select.Int64(0) : 0;
        select.Reset();
        return position;
    }
}
