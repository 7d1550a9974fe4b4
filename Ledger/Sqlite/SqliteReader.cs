using System.Collections.Concurrent;
using Grains.Interfaces.Values;
using Ledger.Documents;

namespace Ledger.Sqlite;

/// <summary>
/// Reads committed state over connections of its own, as many as threads that read at once. Each read is short: it ends before
/// it returns, and is a page long at the most.
/// </summary>
internal sealed class SqliteReader(string path, KeyTable keys, CountersTail tail) : ILedgerReader, IDocumentIndex, IDisposable
{
    /// <summary>One process writes all rows in order of id; by time they may be off by as long as a decision takes to commit.</summary>
    private const long TimeSlackMs = 60_000;

    private const string SelectRows = $"SELECT {LogTable.Columns} FROM log ";

    private readonly ConcurrentBag<SqliteDatabase> idle = [];

    public ValueTask<AccountRecord?> FindAccount(AccountId id) => Read(database =>
        Account(database, Number(database.Statement("SELECT number FROM account WHERE id = ?").Bind(1, id.Value))));

    public ValueTask<AccountRecord?> FindAccount(long number) => Read(database =>
        Account(database, number));

    public ValueTask<IReadOnlyList<AccountRecord>> ListAccounts(long? tenant, long after, int limit, bool newestFirst) => Read(database =>
    {
        var sql = newestFirst
            ? "SELECT number FROM account WHERE number < ?1 AND (?2 IS NULL OR tenant = ?2) ORDER BY number DESC LIMIT ?3"
            : "SELECT number FROM account WHERE number > ?1 AND (?2 IS NULL OR tenant = ?2) ORDER BY number LIMIT ?3";
        var from = newestFirst && after == 0 ? long.MaxValue : after;
        return Accounts(database, database.Statement(sql).Bind(1, from).Bind(2, tenant).Bind(3, limit));
    });

    public ValueTask<IReadOnlyList<AccountRecord>> ListFrozenAccounts(long? tenant, int limit) => Read(database => Accounts(
        database, database.Statement("SELECT number FROM account WHERE status = 2 AND (?1 IS NULL OR tenant = ?1) ORDER BY number LIMIT ?2").Bind(1, tenant).Bind(2, limit)));

    public ValueTask<LogRow?> FindRow(long id) => Read(database => Row(database, id));

    public ValueTask<LogRow?> FindByKey(IdempotencyKey key) => Read(database =>
        (keys.FindInTail(key.Value) ?? keys.Index.Find(database, key.Value)) is { } id ? Row(database, id) : null);

    public ValueTask<IReadOnlyList<LogRow>> FindByKeys(IdempotencyKey first, IdempotencyKey last, int limit) => Read(database =>
    {
        // The tail first: a key leaves it only after the index has it.
        var tail = keys.FindInTail(first.Value, last.Value);
        return Rows(database, keys.Index.Find(database, first.Value, last.Value).Concat(tail).Distinct().OrderDescending().Take(limit));
    });

    public ValueTask<IReadOnlyList<LogRow>> FindByKeys(IReadOnlyCollection<IdempotencyKey> wanted) => Read(database =>
        Rows(database, wanted.Select(key => keys.FindInTail(key.Value) ?? keys.Index.Find(database, key.Value)).OfType<long>()));

    public ValueTask<IReadOnlyList<LogRow>> FindByReference(long reference, int limit) => Read(database =>
        Rows(database, Many(database.Statement("SELECT row FROM reference WHERE hash = ? ORDER BY row DESC LIMIT ?").Bind(1, reference).Bind(2, limit), static row => row.Int64(0))));

    public ValueTask<IReadOnlyList<LogRow>> PaymentRows(long payment) => Read(database =>
    {
        var rows = new List<LogRow>();
        if (Row(database, payment) is { } first && first.Payment == payment)
            rows.Add(first);
        rows.AddRange(Many(database.Statement(SelectRows + "WHERE payment = ? ORDER BY id").Bind(1, payment), LogTable.Read));
        rows.Sort(static (left, right) => left.Position.CompareTo(right.Position));
        return (IReadOnlyList<LogRow>)rows;
    });

    public ValueTask<long> AmountReturned(long payment) => Read(database => HoldTable.Returned(database, payment));

    public ValueTask<IReadOnlyList<LogRow>> Activity(long account, long from, int limit) => Read(database =>
    {
        var rows = new List<LogRow>();
        for (var id = from == 0 ? LastRow(database, account) : from; id != 0 && rows.Count < limit;)
        {
            var row = Row(database, id) ?? throw new LedgerDamagedException($"Row {id} of account {account}'s chain is missing.");
            rows.Add(row);
            id = Previous(row, account);
        }

        return (IReadOnlyList<LogRow>)rows;
    });

    public ValueTask<LogRow?> LastActivityAt(long account, long timeMs) => Read(database =>
    {
        var waypoint = database.Statement("SELECT row FROM waypoint WHERE account = ? AND time > ? ORDER BY time, row LIMIT 1").Bind(1, account).Bind(2, timeMs);
        var id = waypoint.Step() ? waypoint.Int64(0) : LastRow(database, account);
        waypoint.Reset();
        while (id != 0)
        {
            var row = Row(database, id) ?? throw new LedgerDamagedException($"Row {id} of account {account}'s chain is missing.");
            if (row.TimeMs <= timeMs)
                return row;
            id = Previous(row, account);
        }

        return null;
    });

    public ValueTask<IReadOnlyList<LogRow>> RowsBefore(long beforeId, int limit, long fromMs = 0, long toMs = long.MaxValue) => Read(database =>
        (IReadOnlyList<LogRow>)[.. RowsBefore(database, beforeId != 0 ? beforeId : FirstBefore(database, toMs), limit).TakeWhile(row => row.TimeMs >= fromMs - TimeSlackMs)]);

    public ValueTask<IReadOnlyList<LogRow>> RowsAfter(long position, int limit) => Read(database => RowsAfter(database, position, limit));

    public ValueTask<IReadOnlyList<TrialBalanceLine>> TrialBalance() => Read(Sqlite.TrialBalance.Read);

    public ValueTask<Tally> Tally(long? tenant, long fromSecond) => Read(database => TallyTable.Read(database, tenant, fromSecond));

    public ValueTask<PaymentCounts> CountPayments(long? tenant, long fromSecond, long toSecond) =>
        Read(database => TallyTable.Sum(database, tenant, fromSecond, toSecond));

    public ValueTask<PendingTransfer?> FindHold(long id) => Read(database => HoldTable.Find(database, id));

    public ValueTask<UnresolvedPayments> Unresolved() => Read(static database => One(
        database.Statement("""
            SELECT count(*), coalesce(min(time), 0) FROM log AS unknown WHERE type = 7
            AND NOT EXISTS (SELECT 1 FROM log AS later WHERE later.payment = coalesce(unknown.payment, unknown.id) AND later.version > unknown.version)
            """),
        static row => new UnresolvedPayments(row.Int64(0), row.Int64(1)))!);

    public ValueTask<IReadOnlyList<DueItem>> Due(long atMs, int limit, DueItem? after = null) => Read(database => Many(
        database.Statement("SELECT at, grain, kind, id FROM due WHERE at <= ?1 AND (at, grain, kind, id) > (?2, ?3, ?4, ?5) ORDER BY at, grain, kind, id LIMIT ?6")
            .Bind(1, atMs).Bind(2, after?.AtMs ?? long.MinValue).Bind(3, after?.Grain ?? "").Bind(4, after?.Kind ?? "").Bind(5, after?.Id ?? long.MinValue).Bind(6, limit),
        static row => new DueItem(row.Int64(0), row.Text(1), row.Text(2), row.Int64(3))));

    public ValueTask<LogRow?> FindDocument(long number) => Read(database => DocumentTable.Find(database, number));

    public ValueTask<IReadOnlyList<DocumentPlace>> ListDocuments(DocumentQuery query) => Read(database => DocumentTable.List(database, query));

    public void Dispose()
    {
        while (idle.TryTake(out var database))
            database.Dispose();
    }

    private static IReadOnlyList<LogRow> RowsBefore(SqliteDatabase database, long id, int limit) =>
        Many(database.Statement(SelectRows + "WHERE id < ? ORDER BY id DESC LIMIT ?").Bind(1, id).Bind(2, limit), LogTable.Read);

    // Rows stand in order of time, but for the slack: where a moment long ago is asked for, halving finds it without walking there.
    private static long FirstBefore(SqliteDatabase database, long toMs)
    {
        if (toMs > long.MaxValue - TimeSlackMs || RowsBefore(database, long.MaxValue, 1) is not [var newest])
            return long.MaxValue;
        var (low, high) = (0L, newest.Id + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (RowsBefore(database, middle + 1, 1) is not [var row] || row.TimeMs < toMs + TimeSlackMs)
                low = middle + 1;
            else
                high = row.Id;
        }

        return low;
    }

    internal static IReadOnlyList<LogRow> RowsAfter(SqliteDatabase database, long position, int limit)
    {
        // A batch row names the range of ids in which its rows are; ranges of neighbouring batches may overlap.
        var batches = database.Statement("SELECT min(first_id), max(last_id), max(last_position) FROM batch WHERE first_position >= (SELECT coalesce(max(first_position), 0) FROM batch WHERE first_position <= ?1 + 1) AND first_position <= ?1 + ?2");
        batches.Bind(1, position).Bind(2, limit);
        batches.Step();
        var (firstId, lastId, lastPosition) = (batches.Int64(0), batches.Int64(1), batches.Int64(2));
        batches.Reset();
        if (lastPosition <= position)
            return [];
        var to = Math.Min(lastPosition, position + limit);
        return Many(
            database.Statement(SelectRows + "WHERE id BETWEEN ? AND ? AND position > ? AND position <= ? ORDER BY position").Bind(1, firstId).Bind(2, lastId).Bind(3, position).Bind(4, to),
            LogTable.Read);
    }

    // The tail first: an account leaves it only after the table has it, and a version is never newer than the status beside it.
    private AccountRecord? Account(SqliteDatabase database, long number)
    {
        var isNewer = tail.TryFind(number, out var newer);
        var account = One(database.Statement($"SELECT {AccountTable.Columns} {AccountTable.From} WHERE a.number = ?").Bind(1, number), AccountTable.Read);
        return isNewer && account is not null ? newer.On(account) : account;
    }

    private IReadOnlyList<AccountRecord> Accounts(SqliteDatabase database, PreparedStatement selectNumbers) =>
        [.. Many(selectNumbers, static row => row.Int64(0)).Select(number => Account(database, number)).OfType<AccountRecord>()];

    private long LastRow(SqliteDatabase database, long account) => tail.TryFind(account, out var newer)
        ? newer.LastRow
        : Number(database.Statement("SELECT last_row FROM counters WHERE account = ?").Bind(1, account));

    private static long Number(PreparedStatement select)
    {
        var number = select.Step() ? select.Int64(0) : 0;
        select.Reset();
        return number;
    }

    private static long Previous(LogRow row, long account) =>
        row.Debtor == account ? row.DebtorPrevious
        : row.Creditor == account ? row.CreditorPrevious
        : throw new LedgerDamagedException($"Row {row.Id} stands in account {account}'s chain, but names other accounts.");

    private static LogRow? Row(SqliteDatabase database, long id) =>
        One(database.Statement(SelectRows + "WHERE id = ?").Bind(1, id), LogTable.Read);

    private static IReadOnlyList<LogRow> Rows(SqliteDatabase database, IEnumerable<long> ids) =>
        [.. ids.Select(id => Row(database, id)).OfType<LogRow>()];

    private static T? One<T>(PreparedStatement select, Func<PreparedStatement, T> read)
        where T : class
    {
        try
        {
            return select.Step() ? read(select) : null;
        }
        finally
        {
            select.Reset();
        }
    }

    private static IReadOnlyList<T> Many<T>(PreparedStatement select, Func<PreparedStatement, T> read)
    {
        var rows = new List<T>();
        try
        {
            while (select.Step())
                rows.Add(read(select));
        }
        finally
        {
            select.Reset();
        }

        return rows;
    }

    private ValueTask<T> Read<T>(Func<SqliteDatabase, T> read)
    {
        if (!idle.TryTake(out var database))
            database = new SqliteDatabase(path, SqliteAccess.Read);
        try
        {
            return new ValueTask<T>(read(database));
        }
        finally
        {
            idle.Add(database);
        }
    }
}
