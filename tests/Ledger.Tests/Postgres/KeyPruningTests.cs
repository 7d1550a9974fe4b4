using Grains.Interfaces.Values;
using Ledger.Postgres;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>Keys are let go of 30 days after their rows, a slice at a time; the rows stay, and so does every younger key.</summary>
public sealed class KeyPruningTests : IDisposable
{
    private const long DayMs = 24 * 60 * 60 * 1_000L;

    private readonly string database = MigratedDatabase.New();
    private readonly PostgresStore store;

    public KeyPruningTests() => store = new PostgresStore(PostgresSettings.Parse(database, isProduction: false), TimeProvider.System);

    public void Dispose()
    {
        store.Dispose();
        TestPostgres.Shared.Drop(database);
    }

    [Fact]
    public void Keys_are_kept_for_thirty_days_and_no_longer()
    {
        var draft = new JournalDraft(store);
        draft.CommitAll(draft.Open("A"), draft.Open("B"));
        Assert.Equal(Refusal.None, draft.Commit(draft.Fund("A", 1_000_000)));
        Pay(draft, 0, "old");
        Pay(draft, DayMs, "day");
        Pay(draft, (30 * DayMs) - 1, "month");
        Assert.Equal(0, Prune());
        Assert.Equal(3, Keys());

        Pay(draft, 30 * DayMs, "edge");
        Assert.Equal(0, Prune());
        Pay(draft, (30 * DayMs) + 1, "now");
        Assert.Equal(1, Prune());
        Assert.Equal(["day", "edge", "month", "now"], Held("old", "day", "month", "edge", "now"));
        Assert.Equal(0, Prune());

        // Its key is free again, and the row that had it is there.
        Pay(draft, (30 * DayMs) + 2, "old");
        Assert.Equal(Refusal.DuplicateKey, draft.Commit(draft.Pay("A", "B", 1, Key("day"))));
        Assert.Equal(2, Rows("old"));
        Assert.Empty(PostgresAudit.Verify(PostgresSettings.Parse(database, isProduction: false), null, CancellationToken.None).Findings);
    }

    [Fact]
    public void More_than_a_slice_is_let_go_of_slice_by_slice_by_two_at_once()
    {
        const int Old = 10_000;
        var draft = new JournalDraft(store);
        draft.CommitAll(draft.Open("A"), draft.Open("B"));
        Assert.Equal(Refusal.None, draft.Commit(draft.Fund("A", 1_000_000)));
        foreach (var slice in Enumerable.Range(0, Old).Chunk(1_000))
            Assert.All(draft.CommitAll([.. slice.Select(i => draft.Pay("A", "B", 1, Key($"{i}")))]), static refusal => Assert.Equal(Refusal.None, refusal));
        Pay(draft, 31 * DayMs, "now");
        using var other = new PostgresStore(PostgresSettings.Parse(database, isProduction: false), TimeProvider.System);
        Parallel.Invoke(() => Prune(), () => Prune(other));
        Assert.Equal(0, Prune());
        Assert.Equal(1, Keys());
        Assert.Equal(["now"], Held("now", "0", $"{Old - 1}"));
    }

    private static IdempotencyKey Key(string text) => IdempotencyKey.Of(1, text, "A");

    private static void Pay(JournalDraft draft, long atMs, string key)
    {
        draft.NowMs = 1_000 + atMs;
        Assert.Equal(Refusal.None, draft.Commit(draft.Pay("A", "B", 1, Key(key))));
    }

    private int Prune(PostgresStore? by = null)
    {
        var before = Keys();
        while ((by ?? store).CatchUp())
        {
        }

        return before - Keys();
    }

    private int Keys() => (int)Scalar("select count(*) from key");

    private List<string> Held(params string[] keys) => [.. keys.Where(key => store.Reader.FindByKey(Key(key)).Now() is not null).Order(StringComparer.Ordinal)];

    private int Rows(string key) => (int)Scalar($"select count(*) from log where key = '{BatchColumns.Uuid(Key(key).Value)}'");

    private long Scalar(string sql)
    {
        using var connection = new NpgsqlConnection(database + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return (long)command.ExecuteScalar()!;
    }
}
