using Grains.Interfaces.Values;
using Ledger.Archive;
using Ledger.Shards;
using Npgsql;
using Polly;

namespace Ledger.Postgres;

/// <summary>
/// Reads committed state over a bounded pool of connections. Each read is one statement, so one moment; a read that met a lost
/// connection is made again.
/// </summary>
internal sealed class PostgresReader(NpgsqlDataSource source, CountersTail tail, KeyEpochs keys, ResiliencePipeline patience) : ILedgerReader
{
    public const string HoldColumns = "id, debtor, creditor, currency, authorized, posted, voided, expires_at, final";

    private const string SelectRows = $"select {LogColumns.All} from log l ";

    // As arrays, so that whatever is thought of their length, rows are looked for by their ids.
    private const string SelectByKeys = SelectRows + $"where l.id = any(array(select row_id from {KeyEpochs.Find}))";

    private const string SelectByKeyRange = SelectRows +
        """
        where l.id = any(array(
            select k.row from generate_series(first_key_epoch(), (select (last_position / key_epoch_rows())::integer from log_head)) as e(epoch)
            cross join lateral (select row from key where epoch = e.epoch and key between $1 and $2 offset 0) k))
        order by l.id desc limit $3
        """;

    private static readonly string SelectAccounts = $"select {AccountColumns.All} {AccountColumns.From("0", "0")} ";

    private static readonly string SelectAccount = $"select {AccountColumns.All} {AccountColumns.From("$2", "$3")} where a.number = $1";

    // Rows of whole batches, found by their ranges of ids; position tells them from the rows of other batches there. What was archived and
    // let go of is passed over. Each step looks in an index, whatever the planner thinks of the tables: "offset 0" keeps it from joining
    // the log as a whole, and sorting it.
    internal const string SelectRowsAfter =
        $"""
        with after as materialized (select greatest($1, (select first_position - 1 from batch order by first_position limit 1)) as place),
        begin as materialized (select coalesce((select first_position from batch where first_position <= (select place + 1 from after) order by first_position desc limit 1), 0) as position)
        select {LogColumns.All}
        from (select first_position, last_position, first_ids, last_ids from batch
              where first_position >= (select position from begin) and first_position <= (select place + $2 from after) order by first_position offset 0) b
        cross join lateral unnest(b.first_ids, b.last_ids) as r(first_id, last_id)
        cross join lateral (
            select * from log where id between r.first_id and r.last_id
            and position between greatest(b.first_position, (select place + 1 from after)) and least(b.last_position, (select place + $2 from after)) offset 0) l
        order by l.position
        """;

    private const string SelectActivity =
        $"""
        with recursive chain as (
            select l.*, 1 as step from log l where l.id = $2
            union all
            select l.*, c.step + 1 from chain c join log l on l.id = case when c.debtor = $1 then c.debtor_previous when c.creditor = $1 then c.creditor_previous end
            where c.step < $3
        )
        select {LogColumns.All} from chain l order by l.step
        """;

    // The newest payment and the newest id are about the newest row, whoever wrote it: the looking begins there.
    private const string SelectRowsBefore =
        $"""
        select {LogColumns.All}
        from log_before(
            case when $1 = 0 then $4 - 1 else coalesce((select c.time from log c where c.id = $1), -1) end, case when $1 = 0 then 9223372036854775807 else $1 end, $3,
            greatest((select t.second * 1000 from tally_second t where t.tenant = 0 order by t.second desc limit 1), (select n.time from log n order by n.id desc limit 1), 0), $2)
            with ordinality as b(row, place)
        join log l on l.id = b.row
        order by b.place
        """;

    private const string SelectLastActivityAt =
        $"""
        with recursive chain as (
            select l.*, 1 as step from log l where l.id = coalesce(
                (select w.row from waypoint w where w.account = $1 and w.time > $2 order by w.time, w.row limit 1),
                $3)
            union all
            select l.*, c.step + 1 from chain c join log l on l.id = case when c.debtor = $1 then c.debtor_previous when c.creditor = $1 then c.creditor_previous end
            where c.time > $2
        )
        select {LogColumns.All} from chain l order by l.step desc limit 1
        """;

    /// <summary>The way to the server broke: it may be another one.</summary>
    public void Doubt() => tail.Doubt();

    public async ValueTask<AccountRecord?> FindAccount(AccountId id)
    {
        if (!tail.IsKept)
            return await One(SelectAccounts + "where a.id = $1", AccountColumns.Read, id.Value);
        return await Many("select number from account where id = $1", static row => row.GetInt64(0), id.Value) is [var number] ? await FindAccount(number) : null;
    }

    public async ValueTask<AccountRecord?> FindAccount(long number)
    {
        var (name, seen, kept) = tail.FindToRead(number);
        return await One(SelectAccount, AccountColumns.Read, number, name, seen) is { } account ? CountersTail.Newest(account, kept) : null;
    }

    public ValueTask<IReadOnlyList<AccountRecord>> ListAccounts(long? tenant, long after, int limit, bool newestFirst) => newestFirst
        ? List("where a.number < $1 and ($2::bigint is null or a.tenant = $2) order by a.number desc limit $3", after == 0 ? long.MaxValue : after, Or(tenant), limit)
        : List("where a.number > $1 and ($2::bigint is null or a.tenant = $2) order by a.number limit $3", after, Or(tenant), limit);

    public ValueTask<IReadOnlyList<AccountRecord>> ListFrozenAccounts(long? tenant, int limit) =>
        List("where a.status = 2 and ($1::bigint is null or a.tenant = $1) order by a.number limit $2", Or(tenant), limit);

    public ValueTask<LogRow?> FindRow(long id) => One(SelectRows + "where l.id = $1", LogColumns.Read, id);

    public async ValueTask<LogRow?> FindByKey(IdempotencyKey key) => await FindByKeys([key]) is [var row, ..] ? row : null;

    public ValueTask<IReadOnlyList<LogRow>> FindByKeys(IdempotencyKey first, IdempotencyKey last, int limit) =>
        Many(SelectByKeyRange, LogColumns.Read, BatchColumns.Uuid(first.Value), BatchColumns.Uuid(last.Value), limit);

    public ValueTask<IReadOnlyList<LogRow>> FindByKeys(IReadOnlyCollection<IdempotencyKey> wanted)
    {
        var (filtered, asked, epochs, inEpochs) = keys.Ask(wanted.Select(static key => key.Value));
        return Many(SelectByKeys, LogColumns.Read, filtered, asked, epochs, inEpochs);
    }

    public ValueTask<IReadOnlyList<LogRow>> FindByReference(long reference, int limit) =>
        Many(SelectRows + "where l.id in (select r.row from reference r where r.hash = $1 order by r.row desc limit $2) order by l.id desc", LogColumns.Read, reference, limit);

    public ValueTask<IReadOnlyList<LogRow>> PaymentRows(long payment) =>
        Many(SelectRows + "where (l.id = $1 and l.payment is null) or l.payment = $1 order by l.position", LogColumns.Read, payment);

    public ValueTask<long> AmountReturned(long payment) => Number("select amount from returned where payment = $1", payment);

    public async ValueTask<IReadOnlyList<LogRow>> Activity(long account, long from, int limit)
    {
        var first = from != 0 ? from : await LastRow(account);
        if (first == 0 || limit == 0)
            return [];
        var rows = await Many(SelectActivity, LogColumns.Read, account, first, limit);
        if (rows.Count < limit && (rows.Count == 0 || Previous(rows[^1], account) != 0) && !await IsPruned(rows.Count == 0 ? first : Previous(rows[^1], account)))
            throw new LedgerDamagedException($"Row {(rows.Count == 0 ? first : Previous(rows[^1], account))} of account {account}'s chain is missing.");
        return rows;
    }

    public async ValueTask<LogRow?> LastActivityAt(long account, long timeMs)
    {
        var row = await One(SelectLastActivityAt, LogColumns.Read, account, timeMs, await LastRow(account));
        if (row is null || row.TimeMs <= timeMs)
            return row;
        if (Previous(row, account) is not 0 and var previous && await IsPruned(previous))
            throw new LedgerPrunedException($"Account {account}'s events of that time were archived.");
        return Previous(row, account) == 0 ? null : throw new LedgerDamagedException($"Row {Previous(row, account)} of account {account}'s chain is missing.");
    }

    public ValueTask<IReadOnlyList<LogRow>> RowsBefore(long beforeId, int limit, long fromMs = 0, long toMs = long.MaxValue) =>
        Many(SelectRowsBefore, LogColumns.Read, beforeId, limit, Math.Max(0, fromMs), Math.Max(0, toMs));

    public ValueTask<IReadOnlyList<LogRow>> RowsAfter(long position, int limit) => Many(SelectRowsAfter, LogColumns.Read, position, (long)limit);

    public ValueTask<IReadOnlyList<TrialBalanceLine>> TrialBalance() => Many(
        "select a.currency, count(*), sum(c.debits_posted)::text, sum(c.credits_posted)::text, sum(c.debits_pending)::text, sum(c.credits_pending)::text " +
        "from account a join counters_now c on c.account = a.number group by a.currency order by a.currency",
        // A sum over all accounts may pass 64 bits.
        static row => new TrialBalanceLine(
            Currency.FromNumber(row.GetInt16(0)), row.GetInt64(1), Int128.Parse(row.GetString(2)), Int128.Parse(row.GetString(3)), Int128.Parse(row.GetString(4)), Int128.Parse(row.GetString(5))));

    public async ValueTask<long> LastPosition() => (await Many("select last_position from log_head", static row => row.GetInt64(0)))[0];

    public async ValueTask<Tally> Tally(long? tenant, long fromSecond)
    {
        // One statement is one moment: the position, the totals and the seconds agree.
        var rows = await Many(
            """
            select h.last_position, coalesce(t.settled, 0), coalesce(t.rejected, 0), s.second, s.settled, s.rejected
            from log_head h left join tally_total_now t on t.tenant = $1 left join tally_second_now s on s.tenant = $1 and s.second >= $2
            order by s.second
            """,
            static row => (Position: row.GetInt64(0), Total: new PaymentCounts(row.GetInt64(1), row.GetInt64(2)), Second: row.IsDBNull(3) ? (SecondCounts?)null : new SecondCounts(row.GetInt64(3), new PaymentCounts(row.GetInt64(4), row.GetInt64(5)))),
            tenant ?? 0, fromSecond);
        return new Tally(LogCursor.At(rows[0].Position), rows[0].Total, [.. rows.Select(static row => row.Second).OfType<SecondCounts>()]);
    }

    public async ValueTask<PaymentCounts> CountPayments(long? tenant, long fromSecond, long toSecond) => (await Many(
        "select coalesce(sum(settled), 0)::bigint, coalesce(sum(rejected), 0)::bigint from tally_second_now where tenant = $1 and second >= $2 and second < $3",
        static row => new PaymentCounts(row.GetInt64(0), row.GetInt64(1)), tenant ?? 0, fromSecond, toSecond))[0];

    public ValueTask<PendingTransfer?> FindHold(long id) => One($"select {HoldColumns} from hold where id = $1", ReadHold, id);

    public async ValueTask<UnresolvedPayments> Unresolved() => (await Many(
        """
        select count(*), coalesce(min(u.time), 0) from log u
        where u.type = 7 and not exists (select 1 from log l where l.payment = coalesce(u.payment, u.id) and l.version > u.version)
        """,
        static row => new UnresolvedPayments(row.GetInt64(0), row.GetInt64(1))))[0];

    public ValueTask<IReadOnlyList<DueItem>> Due(long atMs, int limit, DueItem? after = null) => Many(
        "select at, grain, kind, id from due where at <= $1 and (at, grain, kind, id) > ($2, $3, $4, $5) order by at, grain, kind, id limit $6",
        static row => new DueItem(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt64(3)),
        atMs, after?.AtMs ?? long.MinValue, after?.Grain ?? "", after?.Kind ?? "", after?.Id ?? long.MinValue, limit);

    public static PendingTransfer ReadHold(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), Currency.FromNumber(row.GetInt16(3)), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetBoolean(8));

    private static long Previous(LogRow row, long account) =>
        row.Debtor == account ? row.DebtorPrevious
        : row.Creditor == account ? row.CreditorPrevious
        : throw new LedgerDamagedException($"Row {row.Id} stands in account {account}'s chain, but names other accounts.");

    // Where a chain ends early: it was let go of up to there, or it is damaged.
    private async ValueTask<bool> IsPruned(long row) =>
        await Many($"select value from setting where name = '{PrunedLog.Setting}'", static setting => setting.GetString(0)) is [var text] && row <= PrunedLog.Parse(text).LastId;

    private async ValueTask<IReadOnlyList<AccountRecord>> List(string where, params object[] values)
    {
        if (!tail.IsKept)
            return await Many(SelectAccounts + where, AccountColumns.Read, values);
        var numbers = await Many("select a.number from account a " + where, static row => row.GetInt64(0), values);
        var (name, seen) = tail.Known;
        var kept = numbers.Select(number => name == 0 ? null : tail.Find(number).Kept).ToArray();
        var accounts = (await Many($"select {AccountColumns.All} {AccountColumns.From("$2", "$3")} where a.number = any($1)", AccountColumns.Read, numbers.ToArray(), name, seen)).ToDictionary(static account => account.Number);
        return [.. numbers.Select((number, place) => CountersTail.Newest(accounts[number], kept[place]))];
    }

    // 0 where there is none.
    private async ValueTask<long> LastRow(long account)
    {
        var (name, seen, kept) = tail.FindToRead(account);
        return await Many("select last_row, activity from counters_at($1, $2, $3)", static row => (Row: row.GetInt64(0), Activity: row.GetInt64(1)), account, name, seen) is not [var read] ? 0
            : kept is { } state && state.Activity > read.Activity ? state.LastRow
            : read.Row;
    }

    private static object Or(long? value) => value is { } number ? number : DBNull.Value;

    // 0 where there is no row.
    private async ValueTask<long> Number(string sql, long value) =>
        await Many(sql, static row => row.GetInt64(0), value) is [var number] ? number : 0;

    private async ValueTask<T?> One<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values)
        where T : class
    {
        var rows = await Many(sql, read, values);
        return rows.Count == 0 ? null : rows[0];
    }

    private async ValueTask<IReadOnlyList<T>> Many<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values)
    {
        try
        {
            return await patience.ExecuteAsync(
                static async (work, cancellationToken) => await Read(work.Source, work.Sql, work.Read, work.Values, cancellationToken),
                (Source: source, Sql: sql, Read: read, Values: values), CancellationToken.None);
        }
        catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
        {
            throw PostgresFailure.Of(exception, mayHaveCommitted: false);
        }
    }

    private static async ValueTask<IReadOnlyList<T>> Read<T>(NpgsqlDataSource source, string sql, Func<NpgsqlDataReader, T> read, object[] values, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(value is DBNull ? new NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint, Value = value } : new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }
}
