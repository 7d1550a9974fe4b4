using System.Net;
using Ledger;
using Ledger.Shards;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Silo.Embedded;

namespace Gateway.Tests;

/// <summary>The whole product on a free port of the loopback: real Kestrel, real grains, a real ledger of its own (<see cref="TestLedger"/>).</summary>
public sealed class GatewayServer : IAsyncDisposable
{
    private readonly string data;
    private readonly bool ownsData;
    private readonly EmbeddedEdition edition;
    private readonly WebApplication app;

    private GatewayServer(string data, bool ownsData, EmbeddedEdition edition, WebApplication app)
    {
        (this.data, this.ownsData, this.edition, this.app) = (data, ownsData, edition, app);
        Url = new Uri(app.Urls.First());
    }

    public Uri Url { get; }

    public IServiceProvider Services => app.Services;

    public string DataDirectory => data;

    public LedgerFaults Faults => edition.Faults;

    /// <summary>Starts a server, ready.</summary>
    /// <param name="data">A directory that outlives this server; null makes one that does not.</param>
    public static Task<GatewayServer> Start(bool sandbox = true, string? data = null, params (string Key, string Value)[] settings) =>
        Start(TestLedger.Open, sandbox, data, settings);

    /// <summary>Starts a server on a ledger of the caller's choice, ready.</summary>
    /// <param name="data">A directory that outlives this server; null makes one that does not.</param>
    public static async Task<GatewayServer> Start(Func<string, OpenLedger> ledger, bool sandbox = true, string? data = null, params (string Key, string Value)[] settings)
    {
        var directory = data ?? Directory.CreateTempSubdirectory("gateway-tests-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(static setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var edition = EmbeddedEdition.Open(ledger(directory), directory, builder.Configuration.LedgerOptions(), new EmbeddedGrainsOptions(), LoggerFactory.Create(static _ => { }), TimeProvider.System, risk: builder.Configuration.RiskOptions(sandbox));
        builder.Services.AddEmbeddedEdition(edition);
        builder.Services.AddGateway(builder.Configuration, sandbox);
        builder.Services.AddSingleton(EmbeddedBackups.Of(edition, directory, Path.Combine(directory, "backups"), TimeProvider.System));
        var app = builder.Build();
        app.MapGateway();
        await app.StartAsync();
        var server = new GatewayServer(directory, data is null, edition, app);
        await server.UntilReady();
        return server;
    }

    public Api Api(string? key = Keys.Bank, int maxConnections = 512) => new(Url, key, maxConnections);

    public Task StopListening() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        await edition.DisposeAsync();
        if (ownsData)
            Directory.Delete(data, recursive: true);
    }

    private async Task UntilReady()
    {
        using var api = Api(key: null);
        var deadline = TimeProvider.System.GetTimestamp() + (180 * TimeProvider.System.TimestampFrequency);
        while (true)
        {
            var answer = await api.Get("/health/ready");
            if (answer.Status == HttpStatusCode.OK)
                return;
            Assert.True(TimeProvider.System.GetTimestamp() < deadline, $"Not ready after 180 s: {answer.Text}");
            await Task.Delay(20);
        }
    }
}

/// <summary>One server for all tests that leave nothing behind that another would mind.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private GatewayServer? server;
    private int names;

    public GatewayServer Server => server ?? throw new InvalidOperationException("Not started.");

    public Api Bank { get; private set; } = null!;

    public Api SecondBank { get; private set; } = null!;

    public Api Analyst { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        server = await GatewayServer.Start();
        Bank = server.Api();
        SecondBank = server.Api(Keys.SecondBank);
        Analyst = server.Api(Keys.Analyst);
    }

    public async Task DisposeAsync()
    {
        Bank.Dispose();
        SecondBank.Dispose();
        Analyst.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>A name that no other test has.</summary>
    public string Name(string prefix) => $"{prefix}_{Interlocked.Increment(ref names)}";

    /// <summary>A fresh account with money.</summary>
    /// <param name="shard">Where it is to be; null for wherever its name falls.</param>
    public async Task<string> Account(string funds = "1000.00", string currency = "USD", Api? owner = null, string more = "", int? shard = null)
    {
        var id = Name("t");
        var shards = (LedgerShards)Server.Services.GetService(typeof(LedgerShards))!;
        while (shard is not null && shards.ShardOf(Grains.Interfaces.Values.AccountId.Parse(id)) != shard)
            id = Name("t");
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
