using Grains.Interfaces.Values;
using Ledger.Postgres;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>Keys over many epochs, which are short here: one effect a key, whichever epoch, process or connection has it.</summary>
public abstract class KeyEpochsContract : IDisposable
{
    private const int EpochRows = 64;

    private readonly string database = MigratedDatabase.New();
    private readonly TimeSpan inPlaceFor;
    private readonly List<PostgresStore> stores = [];
    private readonly JournalDraft draft;
    private PostgresStore store;

    protected KeyEpochsContract(TimeSpan inPlaceFor)
    {
        this.inPlaceFor = inPlaceFor;
        Execute($"create or replace function key_epoch_rows() returns bigint language sql immutable parallel safe as 'select {EpochRows}::bigint'");
        store = Open();
        draft = new JournalDraft(store);
        draft.CommitAll(draft.Open("A"), draft.Open("B"));
        Assert.Equal(Refusal.None, draft.Commit(draft.Fund("A", 1_000_000)));
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        foreach (var opened in stores)
            opened.Dispose();
        TestPostgres.Shared.Drop(database);
    }

    [Fact]
    public void A_key_of_any_epoch_is_taken_and_found()
    {
        const int Keys = 350;
        // Batches that neither begin nor end with an epoch.
        var rows = Enumerable.Range(0, Keys).Chunk(50).SelectMany(slice => PayAll([.. slice.Select(static i => $"{i}")])).ToArray();
        AllAreTaken();
        CatchUp();
        Assert.Equal(store.LastPosition / EpochRows, Number("select count(*) from key_filter"));
        AllAreTaken();
        store.Dispose();
        store = Open();
        draft.Store = store;
        draft.Reload();
        AllAreTaken();
        Assert.Empty(Audit());

        void AllAreTaken()
        {
            Assert.All(Enumerable.Range(0, Keys).Chunk(50), slice => Assert.All(draft.CommitAll([.. slice.Select(i => draft.Pay("A", "B", 1, Key($"{i}")))]), static refusal => Assert.Equal(Refusal.DuplicateKey, refusal)));
            Assert.Equal(rows, Enumerable.Range(0, Keys).Select(i => store.Reader.FindByKey(Key($"{i}")).Now()!.Id));
            Assert.Equal(rows.Order(), store.Reader.FindByKeys([.. Enumerable.Range(0, Keys).Select(static i => Key($"{i}"))]).Now().Select(static row => row.Id).Order());
            foreach (var i in (int[])[0, 5, 200, Keys - 1])
            {
                var (first, last) = IdempotencyKey.RangeOf(1, $"{i}");
                Assert.Equal([rows[i]], store.Reader.FindByKeys(first, last, 10).Now().Select(static row => row.Id));
            }
        }
    }

    [Fact]
    public void A_key_that_another_process_took_is_taken_however_many_epochs_ended_since()
    {
        var other = Open();
        for (var epochs = 0; epochs < 4; epochs++)
        {
            Pay(other, $"theirs {epochs}");
            for (var i = 0; i < epochs * EpochRows; i++)
                Pay(other, null);
            for (var before = 0; before <= epochs; before++)
                Assert.Equal(Refusal.DuplicateKey, TryPay(store, $"theirs {before}"));
            Pay(store, $"mine {epochs}");
            for (var before = 0; before <= epochs; before++)
                Assert.Equal(Refusal.DuplicateKey, TryPay(other, $"mine {before}"));
        }

        CatchUp();
        Assert.Equal(Refusal.DuplicateKey, TryPay(other, "theirs 0"));
        Assert.Empty(Audit());
    }

    // As a standby that did not have the last commits: in the epochs that were at their end, other keys come to stand. Whoever is the
    // first to commit there, what this process remembers of the end of the log is not so.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Filters_of_a_server_that_was_set_back_are_forgotten(bool first)
    {
        string[] tables = ["log_head", "counters", "counters_tail", "log", "batch", "tally_second", "tally_total", "key", "key_filter", "waypoint", "reference"];
        for (var i = 0; i < EpochRows; i++)
            Pay(store, $"before {i}");
        foreach (var table in tables)
            Execute($"create table old_{table} as table {table}");
        for (var i = 0; i < 3 * EpochRows; i++)
            Pay(store, $"lost {i}");
        CatchUp();
        Assert.True(Number("select count(*) from key_filter") > 2);

        Execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        foreach (var table in tables)
            Execute($"delete from {table}; insert into {table} overriding system value table old_{table}");
        var other = Open();
        draft.Store = other;
        draft.Reload();
        if (first)
        {
            Assert.Throws<LedgerStoreException>(() => store.CatchUp());
            for (var i = 0; i < 10; i++)
                store.CatchUp();
        }

        Pay(first ? store : other, "another");
        for (var i = 0; i < 3 * EpochRows; i++)
            Pay(first ? store : other, null);
        if (!first)
            Assert.Throws<LedgerStoreException>(() => store.CatchUp());
        Assert.Equal(Refusal.DuplicateKey, TryPay(store, "another"));
        Assert.Equal(Refusal.DuplicateKey, TryPay(other, "another"));
        Assert.Equal(Refusal.None, TryPay(store, "lost 1"));
        Assert.Empty(Audit());
    }

    [Fact]
    public void What_is_let_go_of_is_free_again_and_an_epoch_that_was_emptied_is_not_looked_at()
    {
        const long MonthMs = 31L * 24 * 60 * 60 * 1_000;
        foreach (var slice in Enumerable.Range(0, 5 * EpochRows).Chunk(50))
            PayAll([.. slice.Select(static i => $"old {i}")]);
        draft.NowMs += MonthMs;
        for (var i = 0; i < EpochRows; i++)
            Pay(store, $"new {i}");
        CatchUp();
        Assert.Equal(EpochRows, Number("select count(*) from key"));
        Pay(store, "old 1");
        Assert.Equal(Refusal.DuplicateKey, TryPay(store, "old 1"));
        Assert.Equal(Refusal.DuplicateKey, TryPay(store, "new 1"));
        var next = Open();
        Assert.Equal(Refusal.DuplicateKey, TryPay(next, "old 1"));
        Assert.Equal(Refusal.DuplicateKey, TryPay(next, "new 1"));
        Assert.True(Number("select min(epoch) from key_filter") >= 5);
        Pay(next, "old 2");
        Assert.Empty(Audit());
    }

    [Fact]
    public void Who_does_not_commit_follows_those_who_do()
    {
        using var connection = new WriterConnection(PostgresSettings.Parse(database, isProduction: false).ForWriter(), PostgresFailure.Patience(1, TimeProvider.System));
        var keys = new KeyEpochs();
        for (var epochs = 1; epochs < 4; epochs++)
        {
            while (store.LastPosition <= epochs * EpochRows)
                Pay(store, $"{store.LastPosition}");
            do
            {
                keys.FollowOthers(connection);
            }
            while (keys.FollowOthers(connection));
            Assert.Equal(epochs, keys.Filters.Next);
        }
    }

    [Theory]
    [InlineData("update key_filter set bits = decode(repeat('00', 1048576), 'hex') where epoch = 1", "bits")]
    [InlineData("insert into key_filter select 9, bits from key_filter where epoch = 1", "epoch")]
    public void A_filter_that_is_not_its_epoch_s_is_found(string change, string field)
    {
        for (var i = 0; i < 3 * EpochRows; i++)
            Pay(store, $"{i}");
        CatchUp();
        Assert.Empty(Audit());
        Execute(change);
        Assert.Contains(Audit(), finding => finding.Table == "key_filter" && finding.Field == field);
    }

    [Fact]
    public void Keys_are_let_go_of_by_their_index()
    {
        Pay(store, "k");
        using var connection = new WriterConnection(PostgresSettings.Parse(database, isProduction: false).ForWriter(), PostgresFailure.Patience(1, TimeProvider.System));
        using var explain = new NpgsqlCommand($"explain {PostgresKeys.Prune}", connection.Open());
        using var plan = explain.ExecuteReader();
        var lines = new List<string>();
        while (plan.Read())
            lines.Add(plan.GetString(0));
        Assert.Contains(lines, static line => line.Contains("Index Cond: ((epoch = ANY", StringComparison.Ordinal));
    }

    private IEnumerable<long> PayAll(string[] keys)
    {
        var entries = keys.Select(key => draft.Pay("A", "B", 1, Key(key))).ToArray();
        Assert.All(draft.CommitAll(entries), static refusal => Assert.Equal(Refusal.None, refusal));
        return entries.Select(static entry => entry.Row.Id);
    }

    private PostgresStore Open()
    {
        var opened = MigratedDatabase.Open(database, inPlaceFor);
        stores.Add(opened);
        return opened;
    }

    private static IdempotencyKey Key(string text) => IdempotencyKey.Of(1, text, "A");

    private long Pay(PostgresStore by, string? key)
    {
        var entry = draft.Pay("A", "B", 1, key is null ? default : Key(key));
        Assert.Equal(Refusal.None, Commit(by, entry));
        return entry.Row.Id;
    }

    private Refusal TryPay(PostgresStore by, string key) => Commit(by, draft.Pay("A", "B", 1, Key(key)));

    // Another process's, or a connection that is gone: the account is read anew, and taken over if that is what it takes.
    private Refusal Commit(PostgresStore by, JournalEntry entry)
    {
        by.Commit([entry]);
        draft.Reload();
        return entry.Outcome;
    }

    private void CatchUp()
    {
        while (store.CatchUp())
        {
        }
    }

    private IReadOnlyList<EventLog.AuditFinding> Audit() => PostgresAudit.Verify(PostgresSettings.Parse(database, isProduction: false), null, CancellationToken.None).Findings;

    private long Number(string sql) => MigratedDatabase.Number(database, sql);

    private void Execute(string sql) => MigratedDatabase.Execute(database, sql);
}

/// <summary>As beside another process.</summary>
public sealed class KeyEpochsInPlaceTests() : KeyEpochsContract(TimeSpan.FromDays(1));

/// <summary>With the counters behind whenever one is alone.</summary>
public sealed class KeyEpochsAloneTests() : KeyEpochsContract(TimeSpan.Zero);
