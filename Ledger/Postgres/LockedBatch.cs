using System.Text.Json;
using Grains.Interfaces.Accounts;
using Ledger.Shards;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Postgres;

/// <summary>
/// The long way of a batch, in two round trips: first lock its accounts, in order (or the log's head, where the counters are kept behind),
/// and read what they are and which of its keys are taken; then, decided on that, write it and commit. A key that is taken meanwhile fails
/// the commit, and the batch is tried again. For what cannot be remembered (an opened account, a pending transfer, a return), and where
/// another process came between.
/// </summary>
internal sealed partial class LockedBatch(WriterConnection connection, CachedAccounts accounts, CountersTail tail, KeyEpochs keys)
{
    /// <summary>
    /// How long a process has an account to itself that another one drives too: many commits long, so that taking it over, which
    /// costs a few, is rare; and short for whoever waits.
    /// </summary>
    private const int TenureMs = 50;

    private static readonly string SelectAccounts = $"select {AccountColumns.All} {AccountColumns.From("$2", "$3")} where a.number = any($1)";

    // A transaction is its connection's: over another one there would be no locks.
    private NpgsqlConnection? begun;

    /// <summary>Begins the transaction, takes the locks, and reads what they guard: accounts into the memory of them, the rest into the answer.</summary>
    /// <param name="state">What they guard, where they were taken.</param>
    public LockOutcome Lock(IReadOnlyList<JournalEntry> entries, long writer, long fence, out LockedState state)
    {
        var wanted = new Wanted(entries);
        begun = connection.Open();
        using var batch = new NpgsqlBatch(begun);
        if (tail.IsKept)
        {
            BeginBehind(batch, writer, fence);
        }
        else
        {
            BeginInPlace(batch, writer, fence);
            Add(batch, "select account from counters where account = any($1) order by account for no key update", Longs(wanted.Accounts));
        }

        AddSelectKeys(batch, wanted.Keys);
        Add(batch, "select account, until - clock_timestamp() from tenure where account = any($1) and writer <> $2 and until > clock_timestamp()", Longs(wanted.Owners), Value(writer));
        Add(batch, SelectAccounts, Longs(wanted.Accounts), Value(tail.Name), Value(tail.Seen));
        Add(batch, "select id from account where id = any($1)", new NpgsqlParameter<string[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, TypedValue = wanted.AccountIds });
        Add(batch, $"select {PostgresReader.HoldColumns} from hold where id = any($1)", Longs(wanted.Payments));
        Add(batch, "select p.id, case l.kind when 1 then l.amount else h.posted end, coalesce(r.amount, 0) from unnest($1) p(id) left join log l on l.id = p.id and l.kind in (1, 2) left join hold h on h.id = p.id and l.kind = 2 left join returned r on r.payment = p.id", Longs(wanted.Returned));
        Add(batch, "select a.number from account a where a.number = any($1) and exists (select 1 from due d where d.grain = a.id and d.kind = $2)", Longs(wanted.Closed), Text(TransferDue.Kind));
        state = new LockedState();
        using var reader = batch.ExecuteReader();
        var outcome = tail.IsKept ? ReadTail(reader) : ReadInPlace(reader);
        if (!tail.IsKept)
            Next(reader);
        Next(reader);
        while (reader.Read())
            state.TakenKeys.Add(BatchColumns.Hash(reader.GetGuid(0)));
        Next(reader);
        while (reader.Read())
            state.OwnedElsewhere.Add(reader.GetInt64(0), reader.GetTimeSpan(1));
        Next(reader);
        accounts.Forget(wanted.Accounts);
        ReadAccounts(reader);
        Next(reader);
        while (reader.Read())
            state.AccountIds.Add(reader.GetString(0));
        Next(reader);
        while (reader.Read())
        {
            var hold = PostgresReader.ReadHold(reader);
            state.Holds.Add(hold.Id, hold);
        }

        Next(reader);
        while (reader.Read())
        {
            // A payment whose row was let go of is no more returned; what was can still be taken back.
            if (!reader.IsDBNull(1))
                state.Paid.Add(reader.GetInt64(0), reader.GetInt64(1));
            state.Returned.Add(reader.GetInt64(0), reader.GetInt64(2));
        }

        Next(reader);
        while (reader.Read())
            state.InTransfer.Add(reader.GetInt64(0));
        // To the very end: a failure behind the last row is one too.
        reader.NextResult();
        return outcome;
    }

    private static void BeginInPlace(NpgsqlBatch batch, long writer, long fence)
    {
        Add(batch, "begin");
        Add(batch, "select coalesce(h.behind, 0) from writer w, log_head h where w.number = $1 and w.fence = $2 for share of w", Value(writer), Value(fence));
    }

    private static LockOutcome ReadInPlace(NpgsqlDataReader reader) =>
        !reader.Read() ? LockOutcome.Fenced : reader.GetInt64(0) != 0 ? LockOutcome.KeptElsewhere : LockOutcome.Locked;

    /// <summary>Reads accounts into the memory of them: as they are, where the head is locked, and otherwise as they were a moment ago.</summary>
    public void Read(IEnumerable<long> numbers)
    {
        using var command = new NpgsqlCommand(SelectAccounts, connection.Open()) { Parameters = { Longs([.. numbers]), Value(tail.Name), Value(tail.Seen) } };
        using var reader = command.ExecuteReader();
        ReadAccounts(reader);
    }

    /// <summary>Writes the decided batch and commits. Returns the position of its last row, or of the log's where it has none.</summary>
    public long Write(BatchDecision decision, LockedState state, BatchColumns columns, long writer)
    {
        using var batch = new NpgsqlBatch(begun);
        Open(batch);
        foreach (var entry in decision.Further)
            Add(batch, entry);
        foreach (var id in state.ChangedHolds)
            AddHold(batch, state.Holds[id]);
        foreach (var payment in decision.Further.Select(static entry => entry.Returns).Where(static payment => payment != 0).Distinct())
            Add(batch, "insert into returned (payment, amount) values ($1, $2) on conflict (payment) do update set amount = excluded.amount", Value(payment), Value(state.Returned[payment]));
        foreach (var account in decision.TakenOver)
            Add(batch, $"insert into tenure (account, writer, until) values ($1, $2, clock_timestamp() + interval '{TenureMs} ms') on conflict (account) do update set writer = excluded.writer, until = excluded.until", Value(account), Value(writer));
        connection.Name(columns.Entries);
        var before = batch.BatchCommands.Count;
        Add(batch, columns.Sql, [.. columns.Parameters.Select(static parameter => parameter.Clone())]);
        Add(batch, "commit");
        using var reader = batch.ExecuteReader();
        if (reader.FieldCount == 0)
            throw new InvalidOperationException($"The commit answers nothing ({before} statements before it).");
        reader.Read();
        var position = reader.GetInt64(1);
        reader.NextResult();
        return position;
    }

    public void RollBack()
    {
        using var command = new NpgsqlCommand("rollback", begun);
        command.ExecuteNonQuery();
    }

    private void ReadAccounts(NpgsqlDataReader reader)
    {
        while (reader.Read())
        {
            var account = AccountColumns.Read(reader);
            accounts.Read(CountersTail.Newest(account, tail.Find(account.Number).Kept));
        }
    }

    private void AddSelectKeys(NpgsqlBatch batch, UInt128[] wanted)
    {
        var (filtered, asked, epochs, inEpochs) = keys.Ask(wanted);
        Add(batch, $"select key from {KeyEpochs.Find}", Value(filtered), Uuids(asked), Value(epochs), Value(inEpochs));
    }

    private void Open(NpgsqlBatch batch)
    {
        // Another process may have been the first to use a system account: then it is there now, and the commit sees how it is.
        foreach (var opened in accounts.Touched.Where(static account => account is { NotYetStored: not null, IsUnused: false }).Select(static account => account.NotYetStored!)
            .OrderBy(static account => account.Number).GroupBy(static account => SystemAccountNumbers.IsSystem(account.Number)).OrderByDescending(static group => group.Key))
            Open(batch, [.. opened], opened.Key ? " on conflict do nothing" : "");
    }

    // Many accounts in one statement: each statement of its own would be parsed anew.
    private static void Open(NpgsqlBatch batch, AccountRecord[] opened, string once)
    {
        var numbers = Longs([.. opened.Select(static account => account.Number)]);
        Add(batch,
            "insert into account (number, id, tenant, currency, status, floor, limits, data_key, sealed_name, opened_at) " +
            $"select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10){once}",
            numbers, Array(opened, NpgsqlDbType.Text, static account => account.Id.Value), Array(opened, NpgsqlDbType.Bigint, static account => account.Tenant),
            Array(opened, NpgsqlDbType.Smallint, static account => account.Currency.Number), Array(opened, NpgsqlDbType.Smallint, static account => (short)account.Status),
            Array(opened, NpgsqlDbType.Bigint, static account => account.Floor), Array(opened, NpgsqlDbType.Text, static account => LimitsText(account.Limits)),
            Array(opened, NpgsqlDbType.Bytea, static account => account.WrappedDataKey), Array(opened, NpgsqlDbType.Bytea, static account => account.SealedName),
            Array(opened, NpgsqlDbType.Bigint, static account => account.OpenedAtMs));
        Add(batch, $"insert into counters (account, debits_posted, credits_posted, debits_pending, credits_pending, version, event_version, last_row, activity) select number,0,0,0,0,0,0,0,0 from unnest($1) as number{once}", numbers.Clone());
    }

    private static void Add(NpgsqlBatch batch, JournalEntry entry)
    {
        if (entry.Change is AccountChange.Status status)
            Add(batch, "update account set status = $2 where number = $1", Value(entry.Owner), Value((short)status.To));
        if (entry.Change is AccountChange.Limits limits)
            Add(batch, "update account set limits = $2 where number = $1", Value(entry.Owner), Text(LimitsText(limits.To)));
        foreach (var item in entry.DueAdded ?? [])
            Add(batch, "insert into due (at, grain, kind, id) values ($1,$2,$3,$4) on conflict do nothing", Value(item.AtMs), Text(item.Grain), Text(item.Kind), Value(item.Id));
        foreach (var item in entry.DueDone ?? [])
            Add(batch, "delete from due where at = $1 and grain = $2 and kind = $3 and id = $4", Value(item.AtMs), Text(item.Grain), Text(item.Kind), Value(item.Id));
        foreach (var command in DocumentIndex.Commands(entry))
            batch.BatchCommands.Add(command);
    }

    private static void AddHold(NpgsqlBatch batch, PendingTransfer hold) => Add(batch,
        "insert into hold (id, debtor, creditor, currency, authorized, posted, voided, expires_at, final) values ($1,$2,$3,$4,$5,$6,$7,$8,$9) " +
        "on conflict (id) do update set authorized = excluded.authorized, posted = excluded.posted, voided = excluded.voided, final = excluded.final",
        Value(hold.Id), Value(hold.Debtor), Value(hold.Creditor), Value(hold.Currency.Number), Value(hold.Authorized), Value(hold.Posted), Value(hold.Voided), Value(hold.ExpiresAtMs), Value(hold.Final));

    // A statement without rows has no result of its own for the reader; each of ours that is read has one.
    private static void Next(NpgsqlDataReader reader)
    {
        if (!reader.NextResult())
            throw new InvalidOperationException("The server answers fewer results than were asked for.");
    }

    private static void Add(NpgsqlBatch batch, string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        batch.BatchCommands.Add(command);
    }

    private static string? LimitsText(AccountLimits limits) =>
        limits == AccountLimits.None ? null : JsonSerializer.Serialize(limits, AccountDataJson.Default.AccountLimits);

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };

    private static NpgsqlParameter Text(string? value) => Nullable(value, NpgsqlDbType.Text);

    private static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) => new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };

    private static NpgsqlParameter<long[]> Longs(long[] values) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, TypedValue = values };

    private static NpgsqlParameter Array<T>(AccountRecord[] accounts, NpgsqlDbType type, Func<AccountRecord, T> value) =>
        new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = System.Array.ConvertAll(accounts, account => value(account)) };

    private static NpgsqlParameter<Guid[]> Uuids(Guid[] values) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid, TypedValue = values };

    /// <summary>What the entries of a batch name, each once, in the order in which locks are taken.</summary>
    private sealed class Wanted
    {
        public Wanted(IReadOnlyList<JournalEntry> entries)
        {
            var keys = new HashSet<UInt128>();
            var closed = new SortedSet<long>();
            var (owners, accounts, ids, payments, returned) = (new HashSet<long>(), new SortedSet<long>(), new SortedSet<string>(StringComparer.Ordinal), new SortedSet<long>(), new SortedSet<long>());
            foreach (var entry in entries)
            {
                if (!entry.Row.Key.IsNone)
                    keys.Add(entry.Row.Key.Value);
                if (entry.Owner != 0)
                {
                    owners.Add(entry.Owner);
                    accounts.Add(entry.Owner);
                }

                if (entry.Change is AccountChange.Open open)
                    ids.Add(open.Account.Id.Value);
                if (entry.Change is AccountChange.Status { To: AccountStatus.Closed })
                    closed.Add(entry.Owner);
                if (entry.Returns != 0)
                    returned.Add(entry.Returns);
                foreach (var row in entry.Rows)
                {
                    accounts.Add(row.Debtor);
                    if (row.Creditor != 0)
                        accounts.Add(row.Creditor);
                    if (row.Kind > TransferKind.Hold)
                        payments.Add(row.Payment);
                }
            }

            Keys = [.. keys];
            (Owners, Accounts, AccountIds, Payments, Returned) = ([.. owners], [.. accounts], [.. ids], [.. payments], [.. returned]);
            Closed = [.. closed];
        }

        public UInt128[] Keys { get; }

        /// <summary>Accounts whose grains decided the entries.</summary>
        public long[] Owners { get; }

        public long[] Accounts { get; }

        public string[] AccountIds { get; }

        /// <summary>Payments whose pending transfers are moved on.</summary>
        public long[] Payments { get; }

        public long[] Returned { get; }

        /// <summary>Accounts that are to be closed.</summary>
        public long[] Closed { get; }
    }
}

/// <summary>What came of taking the locks of a batch.</summary>
internal enum LockOutcome : byte
{
    Locked = 1,

    /// <summary>The writer's fence moved on.</summary>
    Fenced = 2,

    /// <summary>The counters are kept behind under another name than this process knows, or not any more.</summary>
    KeptElsewhere = 3,

    /// <summary>Nobody keeps the counters behind.</summary>
    InPlace = 4,
}
