using System.Net;
using Cluster.Tests;

namespace Gateway.Tests;

/// <summary>What the gateway's suites stand on here: two silos and a gateway.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private RunningCluster? cluster;
    private int names;

    public Api Bank { get; private set; } = null!;

    public Api SecondBank { get; private set; } = null!;

    public Api Analyst { get; private set; } = null!;

    /// <summary>By which the suites name the whole, where they start a caller of their own.</summary>
    public SharedServer Server => this;

    public Uri Url => cluster!.Gateway.Url;

    public Api Api(string? key = Keys.Bank, int maxConnections = 512) => new(Url, key, maxConnections);

    public async Task InitializeAsync()
    {
        cluster = await RunningCluster.Start(silos: 2);
        Bank = Api();
        SecondBank = Api(Keys.SecondBank);
        Analyst = Api(Keys.Analyst);
    }

    public async Task DisposeAsync()
    {
        Bank.Dispose();
        SecondBank.Dispose();
        Analyst.Dispose();
        await cluster!.DisposeAsync();
    }

    /// <summary>A name that no other test has.</summary>
    public string Name(string prefix) => $"{prefix}_{Interlocked.Increment(ref names)}";

    /// <summary>A fresh account with money.</summary>
    /// <param name="shard">Where the suites want it; here there is one.</param>
    public async Task<string> Account(string funds = "1000.00", string currency = "USD", Api? owner = null, string more = "", int? shard = null)
    {
        Assert.True(shard is null or 0);
        var id = Name("t");
        var api = owner ?? Bank;
        (await api.Post("/accounts", $$"""{"id":"{{id}}","currency":"{{currency}}"{{more}}}""")).Is(HttpStatusCode.Created);
        if (funds is not ("0" or "0.00"))
            (await api.Post($"/sandbox/accounts/{id}/fund", $$"""{"amount":"{{funds}}"}""")).Is(HttpStatusCode.OK);
        return id;
    }

    /// <summary>A payment that is recorded.</summary>
    public async Task<Answer> Pay(string debtor, string creditor, string amount, string? key = null, string more = "", Api? by = null) =>
        (await (by ?? Bank).Post("/payments", Body(debtor, creditor, amount, more), key ?? Name("key"))).Is(HttpStatusCode.Created);

    public static string Body(string debtor, string creditor, string amount, string more = "", string currency = "USD") =>
        $$"""{"amount":"{{amount}}","currency":"{{currency}}","debtorAccount":"{{debtor}}","creditorAccount":"{{creditor}}"{{more}}}""";

    public async Task<string> Balance(string account, Api? by = null) =>
        (await (by ?? Bank).Get("/accounts/" + account)).Is(HttpStatusCode.OK).Json.GetProperty("balance").GetProperty("posted").GetString()!;
}

[CollectionDefinition(Name)]
public sealed class GatewayCollection : ICollectionFixture<SharedServer>
{
    public const string Name = "gateway";
}
