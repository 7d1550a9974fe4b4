using System.Net;
using Grains.Interfaces.Values;
using Ledger.Postgres;
using Ledger.Shards;
using Npgsql;
using Servers;
using Silo.Embedded;

namespace Gateway.Tests.Transfers;

/// <summary>A server on two shards, whatever ledger the rest of the suite has, and a way to hold one of them still.</summary>
public sealed class TwoShards : IAsyncLifetime
{
    private readonly string[] databases = [TestPostgres.NewDatabase(), TestPostgres.NewDatabase()];
    private GatewayServer? server;
    private int names;

    public GatewayServer Server => server ?? throw new InvalidOperationException("Not started.");

    public Api Bank { get; private set; } = null!;

    public Api SecondBank { get; private set; } = null!;

    public LedgerShards Shards => (LedgerShards)Server.Services.GetService(typeof(LedgerShards))!;

    public async Task InitializeAsync()
    {
        server = await StartAnother();
        (Bank, SecondBank) = (server.Api(), server.Api(Keys.SecondBank));
    }

    public async Task DisposeAsync()
    {
        Bank.Dispose();
        SecondBank.Dispose();
        await Server.DisposeAsync();
        foreach (var database in databases)
            TestPostgres.Shared.Drop(database);
    }

    /// <summary>One more process on the same ledger, which it is as far as the ledger can tell.</summary>
    public Task<GatewayServer> StartAnother() => GatewayServer.Start(
        _ => OpenLedger.InPostgres([.. databases.Select(static database => PostgresSettings.Parse(database, isProduction: false))], null, TimeProvider.System));

    /// <summary>An account on a shard.</summary>
    public async Task<string> Account(int shard, string funds = "0", Api? owner = null)
    {
        string id;
        do
            id = $"two_{Interlocked.Increment(ref names)}";
        while (Shards.ShardOf(AccountId.Parse(id)) != shard);
        (await (owner ?? Bank).Post("/accounts", $$"""{"id":"{{id}}","currency":"USD"}""")).Is(HttpStatusCode.Created);
        if (funds != "0")
            (await (owner ?? Bank).Post($"/sandbox/accounts/{id}/fund", $$"""{"amount":"{{funds}}"}""")).Is(HttpStatusCode.OK);
        return id;
    }

    public async Task<string> Balance(string account) => (await Bank.Get("/accounts/" + account)).Is(HttpStatusCode.OK).Json.GetProperty("balance").GetProperty("posted").GetString()!;

    /// <summary>A key that nobody had.</summary>
    public string Key() => $"key-{Interlocked.Increment(ref names)}";

    /// <summary>Nothing commits on the shard until it is let go, which must be before the writer's patience ends.</summary>
    public Hold HoldCommits(int shard) => new(databases[shard], "select 1 from log_head for update");

    public void Execute(int shard, string sql)
    {
        using var connection = new NpgsqlConnection(databases[shard] + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    public object? Scalar(int shard, string sql)
    {
        using var connection = new NpgsqlConnection(databases[shard] + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    /// <summary>A transaction that holds locks until it is disposed of.</summary>
    public sealed class Hold : IDisposable
    {
        private readonly NpgsqlConnection connection;

        public Hold(string database, string sql)
        {
            connection = new NpgsqlConnection(database + ";Pooling=false");
            connection.Open();
            using var command = new NpgsqlCommand("begin; " + sql, connection);
            command.ExecuteNonQuery();
        }

        public void Dispose() => connection.Dispose();
    }
}
