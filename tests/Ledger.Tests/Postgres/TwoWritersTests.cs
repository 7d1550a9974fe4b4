using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger.EventLog;
using Ledger.Postgres;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>In place all the time.</summary>
public sealed class TwoWritersInPlaceTests() : TwoWritersContract(TimeSpan.FromDays(1))
{
    [Fact]
    public async Task An_account_that_is_closed_while_a_payment_waits_for_it_gets_nothing()
    {
        // So that what is remembered is looked at under locks.
        for (var turn = 0; turn < 3; turn++)
            PayTheOther(turn % 2, turn);
        var (payment, closed) = (Draft.Pay(Name(0, 0), Name(1, 0), 5), Draft.Number(Name(1, 0)));
        await using var closing = new NpgsqlConnection(Database + ";Pooling=false");
        await closing.OpenAsync();
        await using (var transaction = await closing.BeginTransactionAsync())
        {
            await using var close = new NpgsqlCommand($"update counters set version = version + 1, activity = activity + 1 where account = {closed}; update account set status = {(int)AccountStatus.Closed} where number = {closed}", closing, transaction);
            await close.ExecuteNonQueryAsync();
            var paying = Task.Run(() => Stores[0].Commit([payment]));
            while (!paying.IsCompleted && Waiting() == 0)
                await Task.WhenAny(paying, Task.Delay(10));
            await transaction.CommitAsync();
            await paying;
        }

        Assert.Equal(Refusal.CreditorClosed, payment.Outcome);
        Assert.Equal(0, Number($"select count(*) from log where id = {payment.Row.Id}"));
    }
}

/// <summary>With one tail, from the first commit, that is swept every few.</summary>
public sealed class TwoWritersBehindTests() : TwoWritersContract(TimeSpan.Zero)
{
    [Fact]
    public void Nobody_ends_it_and_no_account_is_written_but_by_a_sweep()
    {
        PayTheOther(0, 0);
        var name = Number("select behind from log_head");
        Assert.True(name < 0);
        for (var turn = 1; turn < 40; turn++)
            PayTheOther(turn % 2, turn);
        Assert.Equal(name, Number("select behind from log_head"));
        Assert.True(Number("select swept_to from log_head") > 0);
        Assert.InRange(Number("select sum(cardinality(accounts)) from counters_tail"), 1, 40 + (40 * 2 * Pairs));
    }

    [Fact]
    public async Task An_account_that_is_closed_while_a_payment_waits_for_it_gets_nothing()
    {
        for (var turn = 0; turn < 3; turn++)
            PayTheOther(turn % 2, turn);
        Assert.Equal(Refusal.None, Commit(1, Draft.Pay(Name(1, 0), Name(1, 1), Draft.Account(Name(1, 0)).Counters.Posted)));
        var (payment, closing) = (Draft.Pay(Name(0, 0), Name(1, 0), 5), Draft.ChangeStatus(Name(1, 0), AccountStatus.Closed));
        await using var holder = new NpgsqlConnection(Database + ";Pooling=false");
        await holder.OpenAsync();
        await using (var transaction = await holder.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand("select 1 from log_head for no key update", holder, transaction);
            await hold.ExecuteNonQueryAsync();
            var closed = Task.Run(() => Stores[1].Commit([closing]));
            Assert.True(SpinWait.SpinUntil(() => Waiting() == 1, TimeSpan.FromSeconds(9)), "The closing does not wait for the head.");
            var paying = Task.Run(() => Stores[0].Commit([payment]));
            Assert.True(SpinWait.SpinUntil(() => Waiting() == 2, TimeSpan.FromSeconds(9)), "The payment does not wait for the head.");
            await transaction.CommitAsync();
            await Task.WhenAll(closed, paying);
        }

        Assert.Equal((Refusal.None, Refusal.CreditorClosed), (closing.Outcome, payment.Outcome));
        Assert.Equal(0, Number($"select count(*) from log where id = {payment.Row.Id}"));
    }

    [Fact]
    public void Whoever_was_away_while_all_was_swept_misses_nothing()
    {
        PayTheOther(0, 0);
        PayTheOther(1, 1);
        var before = Draft.Account(Name(0, 2)).Counters.Posted;
        for (var turn = 0; turn < 30; turn++)
            Assert.Equal(Refusal.None, Commit(1, Draft.Pay(Name(1, turn % Pairs), Name(0, 2), 10)));
        Assert.True(Number("select swept_to from log_head") > 0);
        // All that it has now, and nothing more.
        Assert.Equal(before + 300, Stores[0].Reader.FindAccount(Draft.Number(Name(0, 2))).Now()!.Counters.Posted);
        Assert.Equal(Refusal.AccountRule, Commit(0, Draft.Pay(Name(0, 2), Name(1, 1), before + 301)));
        Assert.Equal(Refusal.None, Commit(0, Draft.Pay(Name(0, 2), Name(1, 1), before + 300)));
        Assert.Equal(0, Draft.Account(Name(0, 2)).Counters.Posted);
        Assert.Empty(Audit());
    }

    [Fact]
    public void What_the_other_one_just_changed_is_read_at_once()
    {
        PayTheOther(0, 0);
        for (var turn = 0; turn < 12; turn++)
        {
            PayTheOther(turn % 2, turn);
            foreach (var account in Enumerable.Range(0, 2 * Pairs).Select(static number => Draft0(number)))
            {
                var states = Stores.Select(store => State(store.Reader.FindAccount(Draft.Number(account)).Now()!)).ToArray();
                Assert.Equal(states[0], states[1]);
                Assert.All(Stores, store => Assert.Equal(states[0], State(Assert.Single(store.Reader.ListAccounts(null, Draft.Number(account) - 1, 1, newestFirst: false).Now()))));
                Assert.All(Stores, store => Assert.Equal(states[0].LastRow, store.Reader.Activity(Draft.Number(account), 0, 1).Now()[0].Id));
            }
        }
    }

    [Fact]
    public void An_account_of_the_house_that_both_use_first_is_one()
    {
        PayTheOther(0, 0);
        PayTheOther(1, 1);
        foreach (var owner in (int[])[0, 1, 0, 1])
        {
            var name = $"EUR{owner}{Number("select count(*) from account")}";
            Stores[owner].Commit([Draft.Open(name, currency: JournalDraft.Eur)]);
            Draft.Reload();
            Assert.Equal(Refusal.None, Commit(owner, Draft.Fund(name, 7)));
        }

        Assert.Empty(Audit());
    }

    // Its number stands in the head, and it would not know who came between.
    [Fact]
    public void A_release_before_that_keeps_the_counters_alone_is_ended()
    {
        PayTheOther(0, 0);
        Execute("select sweep_counters(); update log_head set behind = (select max(number) from writer); insert into counters_tail (position, accounts, states) select (select last_position from log_head), array[account], array[debits_posted, credits_posted + 3, debits_pending, credits_pending, version, event_version, last_row, activity + 1] from counters where account = " + Draft.Number(Name(0, 1)));
        var before = Draft.Account(Name(0, 1)).Counters.Posted;
        Assert.Equal(Refusal.None, Commit(1, Draft.Pay(Name(1, 0), Name(0, 1), 5)));
        Assert.Equal(before + 5, Draft.Account(Name(0, 1)).Counters.Posted);
        Assert.True(Number("select coalesce(behind, 0) from log_head") <= 0);
    }

    // As one does for each that it registers, and a bucket that moves for all.
    [Fact]
    public void A_fence_that_moves_ends_it_and_who_takes_it_up_again_meets_the_fence()
    {
        PayTheOther(0, 0);
        PayTheOther(1, 1);
        var writers = Number("select count(*) from writer");
        Execute("update writer set fence = fence + 1; select sweep_counters()");
        PayTheOther(0, 2);
        PayTheOther(1, 3);
        PayTheOther(0, 4);
        Assert.Equal(writers + 2, Number("select count(*) from writer"));
        Assert.Empty(Audit());
    }

    // Whose turn it is, its row tells; and a batch without a row of the log is in no tail.
    [Fact]
    public void An_account_that_is_taken_over_ends_it()
    {
        PayTheOther(0, 0);
        PayTheOther(1, 1);
        Draft.Reload();
        var late = Draft.Pay(Name(0, 0), Name(1, 0), 1, lane: new WriterLane());
        late.Lane!.Admit(late);
        Draft.Reload();
        Assert.Equal(Refusal.None, Commit(0, Draft.Pay(Name(0, 0), Name(1, 0), 1)));
        var version = Draft.Account(Name(0, 0)).Version;
        Assert.Equal(Refusal.StaleVersion, Commit(1, late));
        Assert.Equal((1, 0), (Number("select count(*) from tenure"), Number("select count(*) from log_head where behind is not null")));
        Assert.Equal(version + 1, Draft.Account(Name(0, 0)).Version);
        // Its time is over.
        Execute("update tenure set until = now() - interval '1 second'");
        PayTheOther(1, 2);
        PayTheOther(0, 3);
        Assert.Empty(Audit());
    }

    [Fact]
    public async Task A_process_that_dies_with_the_lock_keeps_nobody_waiting()
    {
        PayTheOther(0, 0);
        PayTheOther(1, 1);
        await using (var holder = new NpgsqlConnection(Database + ";Pooling=false"))
        {
            await holder.OpenAsync();
            await using var hold = new NpgsqlCommand("begin; select 1 from log_head for no key update", holder);
            await hold.ExecuteNonQueryAsync();
            var paying = Task.Run(() => PayTheOther(0, 2));
            Assert.True(SpinWait.SpinUntil(() => Waiting() == 1, TimeSpan.FromSeconds(9)), "The payment does not wait for the head.");
            Execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state = 'idle in transaction'");
            await paying.WaitAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Empty(Audit());
    }

    [Fact]
    public async Task Three_at_once_that_change_more_than_counters_lose_nothing()
    {
        using var third = New();
        var stores = Stores.Append(third).ToArray();
        var random = new Random(7);
        var (paid, rounds) = (0, 25);
        await Task.WhenAll(stores.Select((store, place) => Task.Run(() =>
        {
            for (var round = 0; round < rounds; round++)
            {
                JournalEntry[] entries;
                lock (Draft)
                {
                    // Each pays from accounts of its own: 0 and 1 of 0, 2 and 3 of 1, 4 and 5 of 2.
                    entries = [.. Enumerable.Range(0, 2).Select(i => Draft.Pay(Name(0, (place * 2) + i), Name(1, random.Next(Pairs)), 1))];
                    if (round % 5 == place)
                        entries = [.. entries, Draft.ChangeStatus(Name(1, place), round % 2 == 0 ? AccountStatus.Frozen : AccountStatus.Open)];
                    if (round % 8 == 7)
                        entries = [.. entries, Draft.Open($"new{place}-{round}")];
                }

                for (var tries = 0; tries < 50; tries++)
                {
                    try
                    {
                        store.Commit(entries);
                        break;
                    }
                    catch (LedgerStoreException failure) when (failure is { IsTransient: true, OutcomeUnknown: false } && tries < 49)
                    {
                        // Another one came between too often, as the writer has it: again, whole.
                        foreach (var entry in entries)
                            entry.Lane?.ForgetAttempt();
                    }
                }

                Interlocked.Add(ref paid, entries.Take(2).Count(static entry => entry.Outcome == Refusal.None));
                lock (Draft)
                    Draft.Reload();
            }
        })));
        Assert.Equal(paid, Number("select count(*) from log where kind = 1 and type = 1"));
        Assert.InRange(paid, rounds, 3 * 2 * rounds);
        Assert.Empty(Audit());
    }

    private static string Draft0(int number) => Name(number / Pairs, number % Pairs);

    private static (long Number, Counters Counters, long Version, long LastRow, long Activity) State(AccountRecord account) =>
        (account.Number, account.Counters, account.Version, account.LastRow, account.Activity);
}

/// <summary>Two processes write one log, each for accounts of its own, and pay those of the other: what one remembers, the other moves on.</summary>
public abstract class TwoWritersContract : IDisposable
{
    protected const int Pairs = 8;
    private readonly string database = MigratedDatabase.New();
    private readonly TimeSpan inPlaceFor;
    private readonly PostgresStore[] stores;
    private readonly JournalDraft draft;

    protected TwoWritersContract(TimeSpan inPlaceFor)
    {
        this.inPlaceFor = inPlaceFor;
        stores = [New(), New()];
        draft = new JournalDraft(stores[0]);
        for (var owner = 0; owner < 2; owner++)
            for (var account = 0; account < Pairs; account++)
            {
                Assert.All(draft.CommitAll(draft.Open(Name(owner, account))), static refusal => Assert.Equal(Refusal.None, refusal));
                Assert.Equal(Refusal.None, draft.Commit(draft.Fund(Name(owner, account), 1_000)));
            }
    }

    protected string Database => database;

    protected PostgresStore[] Stores => stores;

    private protected JournalDraft Draft => draft;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        foreach (var store in stores)
            store.Dispose();
        TestPostgres.Shared.Drop(database);
    }

    [Fact]
    public void What_both_pay_each_other_adds_up_and_the_chain_of_every_account_is_whole()
    {
        for (var turn = 0; turn < 60; turn++)
            PayTheOther(turn % 2, turn);
        for (var owner = 0; owner < 2; owner++)
            for (var account = 0; account < Pairs; account++)
                // As much in as out: in two turns each account pays one and is paid by one.
                Assert.Equal(1_000, draft.Account(Name(owner, account)).Counters.Posted);
        foreach (var (side, sign) in new[] { ("debtor", "-"), ("creditor", "+") })
            Assert.Equal(0, Number($"select count(*) from log l left join log p on p.id = l.{side}_previous where l.kind = 1 and l.type = 1 and (case when p.debtor = l.{side} then p.debtor_balance else p.creditor_balance end) {sign} l.amount is distinct from l.{side}_balance"));
        Assert.Equal(60 * Pairs, Number("select count(*) from log where kind = 1 and type = 1"));
    }

    [Fact]
    public void A_key_that_the_other_one_took_is_taken()
    {
        PayTheOther(0, 1);
        PayTheOther(1, 2);
        var key = new IdempotencyKey(77);
        Assert.Equal(Refusal.None, Commit(1, draft.Pay(Name(1, 0), Name(0, 0), 5, key)));
        Assert.Equal(Refusal.DuplicateKey, Commit(0, draft.Pay(Name(0, 0), Name(1, 0), 5, key)));
        Assert.Equal(Refusal.None, Commit(0, draft.Pay(Name(0, 0), Name(1, 0), 5)));
    }

    [Fact]
    public void An_account_that_was_closed_over_there_is_closed_here()
    {
        PayTheOther(0, 1);
        PayTheOther(1, 2);
        Assert.Equal(Refusal.None, Commit(1, draft.Pay(Name(1, 0), Name(1, 1), draft.Account(Name(1, 0)).Counters.Posted)));
        Assert.Equal(Refusal.None, Commit(1, draft.ChangeStatus(Name(1, 0), AccountStatus.Closed)));
        Assert.Equal(Refusal.CreditorClosed, Commit(0, draft.Pay(Name(0, 0), Name(1, 0), 5)));
    }

    [Fact]
    public void What_is_there_once_is_spent_once()
    {
        for (var turn = 0; turn < 4; turn++)
            PayTheOther(turn % 2, turn);
        var all = draft.Account(Name(0, 3)).Counters.Posted;
        Assert.Equal(Refusal.AccountRule, Commit(0, draft.Pay(Name(0, 3), Name(1, 3), all + 1)));
        Assert.Equal(Refusal.None, Commit(0, draft.Pay(Name(0, 3), Name(1, 3), all)));
        Assert.Equal(Refusal.AccountRule, Commit(1, draft.Pay(Name(0, 3), Name(1, 3), 1)));
        Assert.Equal(0, draft.Account(Name(0, 3)).Counters.Posted);
    }

    [Fact]
    public async Task What_follows_a_position_is_read_without_the_whole_log()
    {
        for (var turn = 0; turn < 40; turn++)
            PayTheOther(turn % 2, turn);
        for (var position = 0L; position < 300; position += 10)
            Assert.Equal(10, (await stores[0].Reader.RowsAfter(position, 10)).Count);
        // With a longer log, of which the planner knows nothing, as on a new ledger: it would join and sort the whole.
        Execute("insert into log select r.* from (select l from log l order by id desc limit 1) x, generate_series(1000001, 1060000) g, lateral jsonb_populate_record(x.l, jsonb_build_object('id', g, 'position', g)) r");
        Execute("insert into batch (first_position, last_position, first_ids, last_ids, hash) select g, g + 9, array[g], array[g + 9], (select hash from batch limit 1) from generate_series(1000001, 1060000, 10) g");
        var plan = Texts($"explain {PostgresReader.SelectRowsAfter.Replace("$1", "1030000").Replace("$2", "100")}");
        Assert.DoesNotContain(plan, static line => line.Contains("Seq Scan"));
        Assert.Contains(plan, static line => line.Contains("log_pkey"));
    }

    protected static string Name(int owner, int account) => $"{(owner == 0 ? "A" : "B")}{account}";

    protected void PayTheOther(int owner, int turn)
    {
        JournalEntry[] entries = [.. Enumerable.Range(0, Pairs).Select(account => draft.Pay(Name(owner, account), Name(1 - owner, (account + turn) % Pairs), 1))];
        stores[owner].Commit(entries);
        Assert.All(entries, static entry => Assert.Equal(Refusal.None, entry.Outcome));
    }

    protected Refusal Commit(int owner, JournalEntry entry)
    {
        stores[owner].Commit([entry]);
        draft.Reload();
        return entry.Outcome;
    }

    protected void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(database + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private List<string> Texts(string sql)
    {
        using var connection = new NpgsqlConnection(database + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read())
            texts.Add(reader.GetString(0));
        return texts;
    }

    protected IReadOnlyList<AuditFinding> Audit() => PostgresAudit.Verify(PostgresSettings.Parse(database, isProduction: false), null, CancellationToken.None).Findings;

    protected long Waiting() => Number("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");

    protected long Number(string sql)
    {
        using var connection = new NpgsqlConnection(database + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(command.ExecuteScalar());
    }

    protected PostgresStore New() => MigratedDatabase.Open(database, inPlaceFor);
}
