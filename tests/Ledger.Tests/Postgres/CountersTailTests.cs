using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger.EventLog;
using Ledger.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>
/// A process keeps its counters behind; another one reads, comes and joins or ends it, or finds what is left of it.
/// </summary>
public sealed class CountersTailTests : IDisposable
{
    private readonly string database = MigratedDatabase.New();
    private readonly List<PostgresStore> stores = [];
    private readonly CountersTail mineTail = new(TimeProvider.System) { InPlaceFor = TimeSpan.Zero, SweepAt = 40 };
    private readonly PostgresStore mine;
    private readonly PostgresStore theirs;
    private readonly JournalDraft draft;

    public CountersTailTests()
    {
        theirs = Open(TimeSpan.FromDays(1));
        mine = new PostgresStore(PostgresSettings.Parse(database, isProduction: false), TimeProvider.System, 0, mineTail);
        stores.Add(mine);
        draft = new JournalDraft(mine);
        draft.CommitAll(draft.Open("A"), draft.Open("B"), draft.Open("C"));
        Assert.Equal(Refusal.None, draft.Commit(draft.Fund("A", 1_000)));
    }

    public void Dispose()
    {
        foreach (var store in stores)
            store.Dispose();
        TestPostgres.Shared.Drop(database);
    }

    [Fact]
    public void Alone_nothing_but_the_tail_is_written_and_every_reader_sees_it()
    {
        for (var i = 0; i < 3; i++)
            Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        var (number, last) = (draft.Number("B"), mine.LastPosition);
        Assert.Equal(0, Number($"select credits_posted from counters where account = {number}"));
        Assert.Equal(30, Number($"select credits_posted from counters_now where account = {number}"));
        foreach (var reader in (ILedgerReader[])[mine.Reader, theirs.Reader])
        {
            var account = reader.FindAccount(number).Now()!;
            Assert.Equal((30, 3), (account.Counters.CreditsPosted, account.Activity - 1));
            Assert.Equal(State(account), State(reader.FindAccount(AccountId.Parse("B")).Now()!));
            Assert.Contains(State(account), reader.ListAccounts(null, 0, 100, newestFirst: false).Now().Select(State));
            Assert.Contains(State(account), reader.ListAccounts(null, 0, 100, newestFirst: true).Now().Select(State));
            Assert.Equal(last, reader.Activity(number, 0, 1).Now()[0].Position);
            Assert.Equal(last, reader.LastActivityAt(number, long.MaxValue).Now()!.Position);
            Assert.All(reader.TrialBalance().Now(), static line => Assert.Equal((Int128)1_030, line.CreditsPosted));
        }

        Assert.Empty(Audit());
    }

    [Fact]
    public void Whoever_comes_joins_and_both_go_on()
    {
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        var name = Number("select behind from log_head");
        Assert.Equal(Refusal.None, Commit(theirs, draft.Pay("A", "B", 20)));
        Assert.Equal(name, Number("select behind from log_head"));
        Assert.Equal(0, Number($"select credits_posted from counters where account = {draft.Number("B")}"));
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 40)));
        Assert.Equal(Refusal.None, Commit(theirs, draft.Pay("A", "B", 80)));
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 160)));
        Assert.Equal((310, 690), (Balance("B"), Balance("A")));
        Assert.Empty(Audit());
    }

    [Fact]
    public void A_freeze_through_another_process_is_never_overrun()
    {
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        var late = draft.Pay("A", "B", 20);
        draft.Reload();
        Assert.Equal(Refusal.None, Commit(theirs, draft.ChangeStatus("A", AccountStatus.Frozen)));
        Assert.Equal(Refusal.StaleVersion, Commit(mine, late));
        Assert.Equal((10, AccountStatus.Frozen), (Balance("B"), draft.Account("A").Status));
    }

    [Fact]
    public void What_was_remembered_before_is_read_anew()
    {
        Assert.Equal(Refusal.None, Commit(mine, draft.Fund("C", 1)));
        Assert.Equal(Refusal.None, Commit(theirs, draft.Fund("C", 2)));
        // Mine is alone again with the next commit, about another account.
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        Assert.Equal(1, Number("select count(*) from log_head where behind is not null"));
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "C", 4)));
        Assert.Equal(7, Balance("C"));
        Assert.Empty(Audit());
    }

    [Fact]
    public void A_commit_that_arrives_late_finds_another_one_or_the_name_gone()
    {
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        var late = $"select result_code from commit_batch(false, {Number("select behind from log_head")}, 1, 3::smallint, {Arrays(2)}, 0, {Arrays(5)}, 0, {mine.LastPosition}, {Arrays(1)}, '', {Arrays(5)})";
        Assert.Equal(0, Number(late));
        Assert.Equal(Refusal.None, Commit(theirs, draft.Pay("A", "B", 20)));
        Assert.Equal(6, Number(late));
        Execute("select sweep_counters()");
        Assert.Equal(4, Number(late));
    }

    [Fact]
    public void A_killed_process_leaves_nothing_behind_that_is_not_found()
    {
        for (var i = 0; i < 70; i++)
            Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", i % 2 == 0 ? "B" : "C", 1)));
        Assert.True(Number("select count(*) from counters_tail") > 0);
        Execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        Assert.Equal(35, theirs.Reader.FindAccount(draft.Number("B")).Now()!.Counters.CreditsPosted);
        var next = Open(TimeSpan.Zero);
        draft.Store = next;
        draft.Reload();
        Assert.Equal(35, Number($"select credits_posted from counters where account = {draft.Number("C")}"));
        Assert.Equal(Refusal.None, Commit(next, draft.Pay("A", "B", 5)));
        Assert.Equal((40, 35, 925), (Balance("B"), Balance("C"), Balance("A")));
        Assert.Empty(Audit());
    }

    // As a standby that did not have the last commits, or a backup, under a process that goes on.
    [Fact]
    public void A_database_that_was_set_back_is_not_the_one_that_is_remembered()
    {
        string[] tables = ["log_head", "counters", "counters_tail", "log", "batch", "tally_second", "tally_total", "key", "waypoint", "reference"];
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        foreach (var table in tables)
            Execute($"create table old_{table} as table {table}");
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 20)));
        var late = draft.Pay("A", "B", 40);
        foreach (var table in tables)
            Execute($"delete from {table}; insert into {table} select * from old_{table}");
        Assert.Equal(Refusal.StaleVersion, Commit(mine, late));
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 80)));
        Assert.Equal((90, 910), (Balance("B"), Balance("A")));
        Assert.Empty(Audit());
    }

    [Fact]
    public void A_sweep_writes_the_table_and_keeps_the_tail_short()
    {
        for (var i = 0; i < 400; i++)
            Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", i % 2 == 0 ? "B" : "C", 1)));
        Assert.InRange(Number("select count(*) from counters_tail"), 1, 60);
        Assert.InRange(Number($"select debits_posted from counters where account = {draft.Number("A")}"), 340, 400);
        Assert.Equal(400, Number($"select debits_posted from counters_now where account = {draft.Number("A")}"));
        Assert.Equal((200, 200), (Balance("B"), Balance("C")));
        Assert.Empty(Audit());
    }

    [Fact]
    public void What_comes_while_a_sweep_goes_through_many_accounts_is_not_lost()
    {
        const int Many = 150;
        string[] names = [.. Enumerable.Range(0, Many).Select(static i => $"n{i}")];
        draft.CommitAll([.. names.Select(name => draft.Open(name))]);
        draft.CommitAll([.. names.Select(name => draft.Fund(name, 1_000))]);
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var (debtor, place) = (random.Next(Many), random.Next(1, Many));
            Assert.Equal([Refusal.None], draft.CommitAll(draft.Pay(names[debtor], names[(debtor + place) % Many], 1)));
            // The first sweep takes three commits: at its end the tail must keep what came in between.
            if (i < 6)
                Assert.Empty(Audit());
        }

        Assert.True(Number("select count(*) from counters_tail") > 0);
        Assert.Empty(Audit());
    }

    [Fact]
    public void A_damaged_tail_is_found()
    {
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        Execute("update counters_tail set states[2] = states[2] + 1");
        Assert.Contains(Audit(), static finding => finding is { Table: "counters", Field: "credits_posted" });
    }

    [Fact]
    public async Task Two_at_once_lose_nothing()
    {
        const int Each = 100;
        Assert.Equal(Refusal.None, Commit(mine, draft.Fund("B", 1_000)));
        await Task.WhenAll(new[] { (Store: mine, Debtor: "A"), (Store: Open(TimeSpan.Zero), Debtor: "B") }.Select(one => Task.Run(() =>
        {
            using var writer = Writer(one.Store);
            for (var i = 0; i < Each; i++)
            {
                // Each debits an account of its own, both credit a third.
                var entries = Enumerable.Range(0, 3).Select(_ => Locked(() => draft.Pay(one.Debtor, "C", 1))).ToArray();
                foreach (var entry in entries)
                    Assert.Equal(Admission.Admitted, writer.TryEnqueue(entry));
                while (writer.CommitQueued() != WriterStep.Idle)
                {
                }

                Assert.All(entries, static entry => Assert.Equal(Refusal.None, entry.Outcome));
            }
        })));
        Assert.Equal((700, 700, 600), (Balance("A"), Balance("B"), Balance("C")));
        Assert.Empty(Audit());
    }

    [Fact]
    public void A_commit_of_unknown_outcome_is_resolved_while_another_process_commits()
    {
        using var proxy = new CuttingProxy(TestPostgres.Shared.Port, 5);
        var cut = MigratedDatabase.Open(new NpgsqlConnectionStringBuilder(database) { Port = proxy.Port }.ConnectionString, TimeSpan.Zero);
        stores.Add(cut);
        using var writer = Writer(cut);
        var paid = 0;
        for (var round = 0; round < 40; round++)
        {
            Assert.Equal(Refusal.None, Commit(cut, draft.Fund("C", 1)));
            Assert.Equal(Refusal.None, Commit(cut, draft.Fund("C", 1)));
            proxy.CutNextCommit((Cut)((round % 4) + 1));
            var entry = draft.Pay("A", "B", 1);
            Assert.Equal(Admission.Admitted, writer.TryEnqueue(entry));
            Assert.Equal(WriterStep.TryAgain, writer.CommitQueued());
            Assert.Equal(Refusal.None, Commit(theirs, draft.Fund("C", 2)));
            while (writer.CommitQueued() != WriterStep.Idle)
            {
            }

            Assert.Contains(entry.Outcome, new[] { Refusal.None, Refusal.OutcomeLost });
            paid += entry.Outcome == Refusal.None ? 1 : 0;
            draft.Reload();
            Assert.Equal((paid, (round + 1) * 4L), (Balance("B"), Balance("C")));
        }

        Assert.Equal(40, proxy.Counts.Values.Sum());
        Assert.InRange(paid, 1, 39);
        Assert.Empty(Audit());
    }

    [Fact]
    public void In_a_quiet_moment_it_is_swept_and_the_name_stays()
    {
        for (var i = 0; i < 5; i++)
            Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        var name = Number("select behind from log_head");
        Assert.True(Number("select count(*) from counters_tail") > 0);
        while (mine.CatchUp())
        {
        }

        Assert.Equal(0, Number("select count(*) from counters_tail"));
        Assert.Equal(50, Number($"select credits_posted from counters where account = {draft.Number("B")}"));
        Assert.Equal(name, Number("select behind from log_head"));
        Assert.Equal(5, Number("select settled from tally_total where tenant = 0"));
        Assert.False(mine.CatchUp());
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        Assert.Equal(1, Number("select count(*) from counters_tail"));
        Assert.Equal(60, Balance("B"));
        Assert.Empty(Audit());
    }

    [Fact]
    public void In_a_quiet_moment_nothing_is_written_over_what_another_one_changed()
    {
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        Assert.Equal(Refusal.None, Commit(theirs, draft.Pay("A", "B", 20)));
        mine.CatchUp();
        Assert.Equal(30, Balance("B"));
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 40)));
        Assert.Equal(70, Balance("B"));
        Assert.Empty(Audit());
    }

    // As a standby is promoted that had not heard of it: what was swept stands in the tail again, and the process lives on.
    [Fact]
    public void A_quiet_sweep_that_the_server_lost_is_noticed()
    {
        for (var i = 0; i < 5; i++)
            Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        string[] tables = ["counters", "counters_tail", "tally_second", "tally_total"];
        foreach (var table in tables)
            Execute($"create table before_{table} as table {table}");
        while (mine.CatchUp())
        {
        }

        Execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        foreach (var table in tables)
            Execute($"delete from {table}; insert into {table} overriding system value table before_{table}; drop table before_{table}");
        Assert.Throws<LedgerStoreException>(() => mine.CatchUp());
        Assert.Equal(Refusal.None, Commit(mine, draft.Decide("B", draft.Transfer("B", "C", 30, TransferKind.Hold, expiresAtMs: draft.NowMs + 60_000))));
        Assert.Equal((50, 30), (Balance("B"), draft.Account("B").Counters.DebitsPending));
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "C", 1)));
        Assert.Equal(0, Number("select count(*) from log_head where behind is null"));
        while (mine.CatchUp())
        {
        }

        Assert.Equal(50, Number($"select credits_posted from counters where account = {draft.Number("B")}"));
        Assert.Empty(Audit());
    }

    [Fact]
    public void Who_goes_down_leaves_nothing_behind()
    {
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        Assert.True(Number("select count(*) from counters_tail") > 0);
        mine.Dispose();
        Assert.Equal(0, Number("select count(*) from log_head where behind is not null") + Number("select count(*) from counters_tail"));
        Assert.Equal(20, Number($"select credits_posted from counters where account = {draft.Number("B")}"));
        draft.Store = theirs;
        Assert.Empty(Audit());
    }

    [Fact]
    public async Task Going_down_does_not_wait_for_long()
    {
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        await using (var holder = new NpgsqlConnection(database + ";Pooling=false"))
        {
            await holder.OpenAsync();
            await using var hold = await holder.BeginTransactionAsync();
            await using var locking = new NpgsqlCommand("select 1 from log_head for update", holder, hold);
            await locking.ExecuteNonQueryAsync();
            await Task.Run(mine.Dispose).WaitAsync(TimeSpan.FromSeconds(8));
        }

        draft.Store = Open(TimeSpan.FromDays(1));
        draft.Reload();
        Assert.Equal(20, Balance("B"));
        Assert.Empty(Audit());
    }

    // As a long dump holds it: what is let go of may still be seen by somebody, and its room is not used again.
    [Fact]
    public void A_tail_that_cannot_be_vacuumed_stops_growing()
    {
        mine.Dispose();
        var tail = new CountersTail(TimeProvider.System) { InPlaceFor = TimeSpan.Zero, SweepAt = 40, LongestBytes = 100_000, VacuumAgainAfter = TimeSpan.Zero };
        var store = new PostgresStore(PostgresSettings.Parse(database, isProduction: false), TimeProvider.System, 0, tail);
        stores.Add(store);
        draft.Store = store;
        using (var dump = new NpgsqlConnection(database + ";Pooling=false"))
        {
            dump.Open();
            using var moment = dump.BeginTransaction(System.Data.IsolationLevel.RepeatableRead);
            using var look = new NpgsqlCommand("select count(*) from counters_tail", dump, moment);
            look.ExecuteScalar();
            for (var i = 0; i < 900; i++)
                Assert.Equal(Refusal.None, Commit(store, draft.Pay("A", "B", 1)));
            Assert.True(tail.IsTooLong);
            Assert.Equal(0, Number("select count(*) from log_head where behind is not null"));
            Assert.InRange(Number("select pg_relation_size('counters_tail')"), 100_000, 200_000);
            Assert.Equal(900, Number($"select credits_posted from counters where account = {draft.Number("B")}"));
        }

        for (var i = 0; i < 3; i++)
            Assert.Equal(Refusal.None, Commit(store, draft.Pay("A", "B", 1)));
        Assert.False(tail.IsTooLong);
        Assert.Equal(1, Number("select count(*) from log_head where behind is not null"));
        Assert.Equal(903, Balance("B"));
        Assert.Empty(Audit());
    }

    [Fact]
    public void A_vacuum_that_fails_keeps_nobody_waiting()
    {
        var paid = 0;
        for (var vacuums = 0; vacuums < 3; paid++)
        {
            if (mineTail.IsToVacuum)
            {
                Execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
                vacuums++;
            }

            var entry = draft.Pay("A", "B", 1);
            mine.Commit([entry]);
            Assert.Equal(Refusal.None, entry.Outcome);
        }

        draft.Reload();
        Assert.Equal(paid, Balance("B"));
        Assert.Empty(Audit());
    }

    [Fact]
    public void Under_another_number_the_tail_of_the_one_before_is_nobodys_no_more()
    {
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 20)));
        var before = Number("select behind from log_head");
        // Whoever moves a fence sweeps, too. Even one that did not would do no harm: what goes the long way meets the fence.
        Execute("update writer set fence = fence + 1");
        Assert.Equal(Refusal.None, Commit(mine, draft.Open("D")));
        Assert.NotEqual(before, Number("select coalesce((select behind from log_head), 0)"));
        Assert.Equal(30, mine.Reader.FindAccount(draft.Number("B")).Now()!.Counters.CreditsPosted);
        Assert.Equal(30, theirs.Reader.FindAccount(draft.Number("B")).Now()!.Counters.CreditsPosted);
        Assert.Equal(30, Number($"select credits_posted from counters where account = {draft.Number("B")}"));
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 40)));
        Assert.Equal(70, Balance("B"));
        Assert.Empty(Audit());
    }

    // As every commit in place: accounts, then the head of the log.
    [Fact]
    public async Task An_unknown_outcome_is_resolved_in_the_order_of_locks()
    {
        var entry = draft.Pay("A", "B", 10);
        await using var inPlace = new NpgsqlConnection(database + ";Pooling=false");
        await inPlace.OpenAsync();
        await using var commit = await inPlace.BeginTransactionAsync();
        await using (var accounts = new NpgsqlCommand($"select 1 from counters where account = {draft.Number("A")} for no key update", inPlace, commit))
            await accounts.ExecuteNonQueryAsync();
        var resolving = Task.Run(() => mine.ResolveOutcome([entry]));
        Assert.True(SpinWait.SpinUntil(() => Number("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0, TimeSpan.FromMinutes(1)), "Nobody waits for the account.");
        await using (var head = new NpgsqlCommand("set local lock_timeout = '2s'; select 1 from log_head for no key update", inPlace, commit))
            await head.ExecuteNonQueryAsync();
        await commit.CommitAsync();
        await resolving.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(Refusal.OutcomeLost, entry.Outcome);
        draft.Reload();
        Assert.Equal(Refusal.None, Commit(mine, draft.Pay("A", "B", 10)));
        Assert.Empty(Audit());
    }

    private static (long Number, Counters Counters, long Version, long LastRow, long Activity) State(AccountRecord account) =>
        (account.Number, account.Counters, account.Version, account.LastRow, account.Activity);

    private static string Arrays(int count) => string.Join(", ", Enumerable.Repeat("'{}'", count));

    private static LedgerWriter Writer(PostgresStore store) => new(store, new LedgerOptions(), TimeProvider.System, static batch => batch.Execute(), NullLogger<LedgerWriter>.Instance);

    private JournalEntry Locked(Func<JournalEntry> make)
    {
        lock (draft)
            return make();
    }

    private PostgresStore Open(TimeSpan inPlaceFor)
    {
        var store = MigratedDatabase.Open(database, inPlaceFor);
        stores.Add(store);
        return store;
    }

    private Refusal Commit(PostgresStore store, JournalEntry entry)
    {
        store.Commit([entry]);
        draft.Reload();
        return entry.Outcome;
    }

    private long Balance(string name) => draft.Account(name).Counters.Posted;

    private IReadOnlyList<AuditFinding> Audit() => PostgresAudit.Verify(PostgresSettings.Parse(database, isProduction: false), null, CancellationToken.None).Findings;

    private long Number(string sql) => MigratedDatabase.Number(database, sql);

    private void Execute(string sql) => MigratedDatabase.Execute(database, sql);
}
