using Gateway.Sandbox;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Shards;
using Npgsql;
using Servers;

namespace Silo.Tests.Commands;

/// <summary>The commands that look at a ledger of two shards: beside its server, and where something was changed.</summary>
public sealed class ShardsTests : IAsyncLifetime
{
    private readonly string[] databases = [TestPostgres.NewDatabase(), TestPostgres.NewDatabase()];
    private readonly SandboxServer server;

    public ShardsTests() => server = new SandboxServer { More = Places };

    private string[] Places => ["--ledger", databases[0], "--ledger", databases[1]];

    public Task InitializeAsync() => server.InitializeAsync();

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        foreach (var database in databases)
            TestPostgres.Shared.Drop(database);
    }

    [Fact]
    public async Task They_tell_of_each_shard_and_find_what_was_changed()
    {
        Assert.Equal(0, (await Executable.Run("pay", "3.00", Account(0), Account(1), "--url", server.Url)).ExitCode);
        var shards = await Executable.Run(["shards", "--json", .. Places]);
        Assert.Equal((0, ""), (shards.ExitCode, shards.Error));
        var each = shards.Json.GetProperty("shards").EnumerateArray().ToList();
        Assert.Equal([0, 1], each.Select(static shard => shard.GetProperty("number").GetInt32()));
        Assert.Equal(Bucket.Count, each.Sum(static shard => shard.GetProperty("buckets").GetInt32()));
        Assert.All(each, static shard => Assert.InRange(shard.GetProperty("accounts").GetInt64(), SandboxSeed.NumberedAccounts / 3, SandboxSeed.NumberedAccounts));
        Assert.Equal([(1, 300L), (0, -300L)], each.Select(static shard => shard.GetProperty("transit")[0]).Select(static transit => (transit.GetProperty("peer").GetInt32(), transit.GetProperty("minorUnits").GetInt64())));
        Assert.Empty(shards.Json.GetProperty("findings").EnumerateArray());
        Assert.Contains("Under way", (await Executable.Run(["shards", .. Places])).Output, StringComparison.Ordinal);

        var audit = await Executable.Run(["audit", "verify", "--json", .. Places]);
        Assert.Equal(0, audit.ExitCode);
        Assert.Equal([true, true], Soundness(audit));
        await OneShardAloneSaysWhatItDoesNotVerify();
        await EachShardHasAnArchiveOfItsOwn();

        Execute(1, "update log set amount = amount + 1 where type = 10");
        Execute(1, $"select sweep_counters(); update counters set debits_posted = debits_posted + 1 where account = {SystemAccountNumbers.Transit(0, Currency.Usd)}");
        audit = await Executable.Run(["audit", "verify", "--json", .. Places]);
        Assert.Equal(1, audit.ExitCode);
        Assert.Equal([true, false], Soundness(audit));
        shards = await Executable.Run(["shards", "--json", .. Places]);
        Assert.Equal(1, shards.ExitCode);
        Assert.Contains("Transit in USD between shards 0 and 1", shards.Json.GetProperty("findings")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_does_not_start_on_shards_in_another_order()
    {
        var ended = await Executable.Run("--urls", $"http://127.0.0.1:{SandboxServer.FreePort()}", "--data", server.Data, "--ledger", databases[1], "--ledger", databases[0]);
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains("give the shards in their order", ended.Error + ended.Output, StringComparison.Ordinal);
    }

    // Documents lie on every shard, and the key that opens them on the first.
    private async Task EachShardHasAnArchiveOfItsOwn()
    {
        string[] archive = ["archive", server.Data + "/archive", "--all", "--prune", "31d"];
        var refused = await Executable.Run([.. archive, .. Places]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("shard by shard", refused.Error, StringComparison.Ordinal);
        refused = await Executable.Run([.. archive, "--shard", "2", .. Places]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("from 0 to 1", refused.Error, StringComparison.Ordinal);
        var second = await Executable.Run([.. archive, "--shard", "1", "--json", .. Places]);
        Assert.Equal((0, ""), (second.ExitCode, second.Error));
        Assert.Equal(0, second.Json.GetProperty("pruned").GetProperty("position").GetInt64());
        // What a shard may let go of, all others say.
        refused = await Executable.Run([.. archive, .. Places[2..]]);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("is shard 1 of its ledger", refused.Error, StringComparison.Ordinal);
    }

    private async Task OneShardAloneSaysWhatItDoesNotVerify()
    {
        Execute(1, "insert into document (number, owner, kind, row) select max(l.id), max(l.creditor), 1, max(l.id) from log l");
        var alone = await Executable.Run("audit", "verify", "--json", "--ledger", databases[1]);
        Assert.Contains("this is shard 1 of its ledger, whose master key is in shard 0", alone.Json.GetProperty("documentsNotCompared").GetString(), StringComparison.Ordinal);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, alone.Json.GetProperty("documents").ValueKind);
        var told = await Executable.Run("audit", "verify", "--ledger", databases[1]);
        Assert.Contains("but for documents of merchants and of fraud", told.Output, StringComparison.Ordinal);
        Assert.Contains("Not verified are documents of merchants and of fraud: this is shard 1", told.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Execute(1, "delete from document where kind = 1 and number = row");
    }

    private static string Account(int shard) =>
        Enumerable.Range(1, SandboxSeed.NumberedAccounts).Select(static number => $"sandbox_{number:0000}").First(id => ShardMap.Spread(2).ShardOf(AccountId.Parse(id)) == shard);

    private static IEnumerable<bool> Soundness(Ended audit) => audit.Json.EnumerateArray().Select(static report => report.GetProperty("isSound").GetBoolean());

    private void Execute(int shard, string sql)
    {
        using var connection = new NpgsqlConnection(databases[shard] + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
