using Grains.Interfaces.Values;
using Ledger.Postgres;
using Ledger.Shards;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>Databases that are the shards of one ledger, in their order, open as one; all others are refused, and stay as they were.</summary>
public sealed class PostgresShardsTests : IDisposable
{
    private readonly List<string> databases = [];

    public void Dispose() => databases.ForEach(TestPostgres.Shared.Drop);

    [Fact]
    public void The_map_is_made_once_whoever_opens_first()
    {
        var (first, second) = (New(), New());
        var maps = Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).Select(_ => Open(first, second)).ToList();
        maps.Add(Open(first, second));
        foreach (var map in maps)
            Assert.Equal(BucketsOf(maps[0]), BucketsOf(map));
        Assert.Equal(BucketsOf(ShardMap.Spread(2)), BucketsOf(maps[0]));
        Assert.Equal((1, 1), (Number(first, "select count(distinct ledger) from shard"), Number(second, "select count(*) from shard where number = 1 and of = 2")));
    }

    [Fact]
    public void One_database_is_a_ledger_by_itself()
    {
        var only = New();
        Assert.Equal(1, Open(only).Shards);
        Assert.Equal(0, Number(only, "select count(*) from bucket"));
        Assert.Equal(1, Open(only).Shards);
    }

    [Fact]
    public void Shards_in_another_order_or_number_are_refused()
    {
        var (first, second) = (New(), New());
        Open(first, second);
        Assert.Contains("is shard 1 of its ledger, and was given as shard 0", Refused(second, first));
        Assert.Contains("has 2 shards, and 1 was given", Refused(first));
        Assert.Contains("is shard 1 of its ledger", Refused(second));
        Assert.Contains("has 2 shards, and 3 were given", Refused(first, second, New()));
        Assert.Contains("was given twice, as shard 0 and as shard 1", Refused(first, first));
        Assert.Equal(2, Open(first, second).Shards);
    }

    [Fact]
    public void Another_ledgers_shard_is_refused()
    {
        var (first, second, otherFirst, otherSecond) = (New(), New(), New(), New());
        Open(first, second);
        Open(otherFirst, otherSecond);
        Assert.Contains("belongs to another ledger", Refused(first, otherSecond));
        Assert.Contains("belongs to another ledger", Refused(otherFirst, second));
    }

    [Fact]
    public void A_ledger_with_events_becomes_no_shard_of_another()
    {
        var filled = New(MigratedDatabase.Make(static store =>
        {
            var draft = new JournalDraft(store);
            Assert.Equal(Refusal.None, draft.Commit(draft.Open("A")));
        }));
        Assert.Contains("cannot be spread over 2", Refused(filled, New()));
        Assert.Contains("holds a ledger of its own", Refused(New(), filled));
        Assert.Contains("holds a ledger of its own", Refused(New(), New(), filled));
        Assert.Equal(1, Open(filled).Shards);
    }

    [Fact]
    public void A_database_from_which_ids_were_leased_becomes_no_shard_of_another()
    {
        var leased = New(MigratedDatabase.Make(static store => store.LeaseIds(1_000)));
        Assert.Contains("cannot be spread over 2", Refused(leased, New()));
        Assert.Contains("holds a ledger of its own", Refused(New(), leased));
    }

    [Fact]
    public void One_database_under_two_names_is_refused_and_is_still_new()
    {
        var only = New();
        var other = only.Replace("Host=127.0.0.1", "Host=localhost", StringComparison.Ordinal);
        Assert.NotEqual(only, other);
        Assert.Contains("was given twice, as shard 0 and as shard 1", Refused(only, only));
        Assert.Contains("was given twice, as shard 0 and as shard 2", Refused(only, New(), other));
        Assert.Equal(1, Open(only).Shards);
    }

    private static ShardMap Open(params string[] databases) => PostgresShards.Open([.. databases.Select(static database => PostgresSettings.Parse(database, isProduction: false))], TimeProvider.System);

    // What each database says that it is, is the same afterwards.
    private static string Refused(params string[] databases)
    {
        var before = databases.Select(Content).ToArray();
        var refusal = Assert.Throws<LedgerSchemaException>(() => Open(databases)).Message;
        Assert.EndsWith("Nothing was changed.", refusal, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(before, databases.Select(Content));
        return refusal;
    }

    private static string Content(string database) =>
        Text(database, "select coalesce((select number || ' of ' || of || ' of ' || ledger from shard), '') || ' ' || (select count(*) from bucket) || ' ' || (select coalesce(sum(epoch), 0) from bucket) || ' ' || (select last_position from log_head)");

    private static int[] BucketsOf(ShardMap map) => [.. Enumerable.Range(0, Bucket.Count).Select(map.ShardOf)];

    private static long Number(string database, string sql) => long.Parse(Text(database, sql));

    private static string Text(string database, string sql)
    {
        using var connection = new NpgsqlConnection(database + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar()!.ToString()!;
    }

    private string New(string? template = null)
    {
        var database = template is null ? MigratedDatabase.New() : TestPostgres.NewDatabase(template);
        databases.Add(database);
        return database;
    }
}
