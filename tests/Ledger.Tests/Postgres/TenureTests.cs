using Ledger.Postgres;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>Two processes that drive one account take turns: who comes too late is the next to have it, and the other one waits.</summary>
public sealed class TenureTests : IDisposable
{
    private readonly string database = MigratedDatabase.New();
    private readonly PostgresStore mine;
    private readonly PostgresStore theirs;
    private readonly JournalDraft draft;

    public TenureTests()
    {
        mine = Open();
        theirs = Open();
        draft = new JournalDraft(mine);
        draft.CommitAll(draft.Open("A"), draft.Open("B"));
        Assert.Equal(Refusal.None, draft.Commit(draft.Fund("A", 100)));
        Assert.Equal(Refusal.None, Commit(mine, Pay()));
    }

    public void Dispose()
    {
        mine.Dispose();
        theirs.Dispose();
        TestPostgres.Shared.Drop(database);
    }

    [Fact]
    public void Who_comes_too_late_takes_the_account_over_and_the_other_one_waits()
    {
        TakeOver(theirs, from: mine);
        Execute("update tenure set until = now() + interval '1 hour'");

        // Even on what the database has: it is not its turn.
        var early = Pay();
        Assert.Equal(Refusal.StaleVersion, Commit(mine, early));
        Assert.InRange(early.OwnedElsewhereFor, TimeSpan.FromMinutes(50), TimeSpan.FromHours(1));
        Assert.Equal(Refusal.None, Commit(theirs, Pay()));
        Assert.Equal(Refusal.None, Commit(theirs, Pay()));
        Assert.Equal(4, Balance("B"));
    }

    [Fact]
    public void When_its_time_is_over_it_is_the_other_one_s_turn()
    {
        TakeOver(theirs, from: mine);
        Execute("update tenure set until = now() - interval '1 second'");
        TakeOver(mine, from: theirs);
        Execute("update tenure set until = now() + interval '1 hour'");
        var early = Pay();
        Assert.Equal(Refusal.StaleVersion, Commit(theirs, early));
        Assert.True(early.OwnedElsewhereFor > TimeSpan.Zero);
        Assert.Equal(Refusal.None, Commit(mine, Pay()));
    }

    [Fact]
    public void A_credit_waits_for_nobody()
    {
        TakeOver(theirs, from: mine);
        Execute("update tenure set until = now() + interval '1 hour'");
        Assert.Equal(Refusal.None, draft.Commit(draft.Fund("B", 5)));
        Assert.Equal(Refusal.None, Commit(mine, Admitted(draft.Pay("B", "A", 1, lane: new WriterLane()))));
    }

    // One that lost its turn: decided on what the other one then moved on.
    private void TakeOver(PostgresStore store, PostgresStore from)
    {
        var late = Pay();
        var version = late.ExpectedVersion;
        draft.Reload();
        Assert.Equal(Refusal.None, Commit(from, Pay()));
        Assert.Equal(Refusal.StaleVersion, Commit(store, late));
        Assert.Equal(TimeSpan.Zero, late.OwnedElsewhereFor);
        Assert.Equal(version + 2, draft.Account("A").Version);
    }

    private PostgresStore Open() => new(PostgresSettings.Parse(database, isProduction: false), TimeProvider.System);

    private JournalEntry Pay() => Admitted(draft.Pay("A", "B", 1, lane: new WriterLane()));

    private static JournalEntry Admitted(JournalEntry entry)
    {
        entry.Lane!.Admit(entry);
        return entry;
    }

    private Refusal Commit(PostgresStore store, JournalEntry entry)
    {
        store.Commit([entry]);
        draft.Reload();
        return entry.Outcome;
    }

    private long Balance(string name) => draft.Account(name).Counters.Posted;

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(database + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
