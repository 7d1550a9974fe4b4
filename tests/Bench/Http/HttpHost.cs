using System.Net;
using Bench.Engine;
using Gateway;
using Gateway.Keys;
using Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Silo.Embedded;

namespace Bench.Http;

/// <summary>A Kestrel server in this process on a free port of the loopback address.</summary>
internal sealed class HttpHost : IAsyncDisposable
{
    public const string ApiKey = "sk_bench_0123456789abcdef";

    public const string AnalystKey = "sk_bench_analyst_0123456789";

    public const string MerchantKey = "sk_bench_merchant_0123456789";

    private readonly WebApplication application;

    private HttpHost(WebApplication application) => this.application = application;

    public IPEndPoint Address => IPEndPoint.Parse(new Uri(application.Urls.First()).Authority);

    /// <summary>The product's gateway on a measured ledger.</summary>
    public static Task<HttpHost> Product(EngineHost engine)
    {
        AddKeys(engine.Edition.Registry);
        var builder = NewBuilder();
        builder.Services.AddEmbeddedEdition(engine.Edition);
        builder.Services.AddGateway(builder.Configuration, sandbox: false);
        var application = builder.Build();
        application.MapGateway();
        return Start(application);
    }

    /// <summary>The keys of the load generators, on a ledger that has no tenant yet.</summary>
    public static void AddKeys(IRegistry registry)
    {
        if (registry.AddTenant("bench") != EngineAccounts.Tenant)
            throw new InvalidOperationException("The bench's tenant is not the first one.");
        registry.AddKey(new ApiKey("bench", EngineAccounts.Tenant, "bench", ApiKeyRole.Bank, CreatedAtMs: 0, RevokedAtMs: null), ApiKeys.Hash(ApiKey));
        registry.AddKey(new ApiKey("bench merchant", registry.AddTenant("bench_merchant"), "bench_merchant", ApiKeyRole.Merchant, CreatedAtMs: 0, RevokedAtMs: null), ApiKeys.Hash(MerchantKey));
        registry.AddKey(new ApiKey("bench analyst", registry.AddTenant("bench_analyst"), "bench_analyst", ApiKeyRole.Analyst, CreatedAtMs: 0, RevokedAtMs: null), ApiKeys.Hash(AnalystKey));
    }

    /// <summary>The baseline on the same server settings.</summary>
    public static Task<HttpHost> Echo()
    {
        var application = NewBuilder().Build();
        application.Run(Peers.Echo.Answer);
        return Start(application);
    }

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync();
        await application.DisposeAsync();
    }

    private static WebApplicationBuilder NewBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        return builder;
    }

    private static async Task<HttpHost> Start(WebApplication application)
    {
        await application.StartAsync();
        return new HttpHost(application);
    }
}
