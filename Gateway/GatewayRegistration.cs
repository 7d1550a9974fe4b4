using Gateway.Accounts;
using Gateway.Checkout;
using Gateway.ConsolePages;
using Gateway.Events;
using Gateway.Fraud;
using Gateway.Health;
using Gateway.Idempotency;
using Gateway.Keys;
using Gateway.Metrics;
using Gateway.OpenApi;
using Gateway.Operations;
using Gateway.Payments;
using Gateway.Problems;
using Gateway.Requests;
using Gateway.Sandbox;
using Gateway.Traces;
using Gateway.Webhooks;
using Gateway.Wire;
using Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gateway;

/// <summary>Wires the gateway: <see cref="AddGateway"/> its parts, <see cref="MapGateway"/> its paths.</summary>
public static class GatewayRegistration
{
    /// <summary>
    /// Adds the gateway. The host adds what it stands on: IGrains, ILedgerReader, IRegistry, AccountDirectory, PaymentReader, MasterKey,
    /// LedgerShards, LedgerFaults, ProductClock, RequestLogPlace, IRiskModels, IBacktests and a TimeProvider.
    /// </summary>
    /// <param name="configuration">Whose section <see cref="GatewayOptions.Section"/> has the gateway's limits.</param>
    /// <param name="sandbox">Whether this start is a sandbox: the host decides, whatever the section says.</param>
    public static IServiceCollection AddGateway(this IServiceCollection services, IConfiguration configuration, bool sandbox)
    {
        services.AddOptions<GatewayOptions>().Bind(configuration.GetSection(GatewayOptions.Section)).Configure(options => options.Sandbox = sandbox).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();
        services.Configure<KestrelServerOptions>(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Smaller limits are a request's own (413 with a problem); the server's is where reading a refused body ends.
            kestrel.Limits.MaxRequestBodySize = RequestBody.MaxDrainBytes + 1;
        });
        // Another host of consumers brings its own, so that they are all in one place.
        services.TryAddSingleton<EventConsumers>();
        services.AddSingleton<ApiKeys>().AddSingleton<GatewayInstruments>().AddSingleton<LedgerGauges>().AddSingleton<CertificateGauges>().AddSingleton<PrometheusText>().AddSingleton<Readiness>();
        services.AddSingleton<RequestHashKey>().AddSingleton<ReferenceHash>();
        services.AddSingleton<PaymentAccounts>().AddSingleton<PaymentViews>().AddSingleton<PaymentEndpoint>().AddSingleton<PaymentList>()
            .AddSingleton<BatchEndpoint>().AddSingleton<ReturnEndpoint>().AddSingleton<JourneyEndpoint>().AddSingleton<PaymentEndpoints>();
        services.AddSingleton<AccountViews>().AddSingleton<AccountChanges>().AddSingleton<AccountEntries>().AddSingleton<OpenAccountEndpoint>()
            .AddSingleton<TrialBalanceEndpoint>().AddSingleton<AccountEndpoints>();
        services.AddSingleton<EventReader>().AddSingleton<EventSubscriptions>().AddSingleton<EventStream>().AddSingleton<EventEndpoints>();
        services.AddSingleton<CaseEndpoints>().AddSingleton<CaseCommands>().AddSingleton<ModelEndpoints>().AddSingleton<BacktestEndpoints>()
            .AddSingleton<RuleEndpoints>().AddSingleton<RuleCommands>().AddSingleton<ListEndpoints>().AddSingleton<RuleRoutes>().AddSingleton<AlertEndpoints>()
            .AddSingleton<JudgedCards>().AddSingleton<FraudStreamReader>().AddSingleton<FraudStreamTail>().AddSingleton<FraudStream>().AddSingleton<FraudEndpoints>();
        services.AddSingleton<CheckoutObjects>().AddSingleton<CheckoutList>().AddSingleton<TokenEndpoint>().AddSingleton<BalanceEndpoint>().AddSingleton<CheckoutEndpoints>()
            .AddSingleton<ClientSecrets>().AddSingleton<ChallengePage>().AddSingleton<AttemptNotices>().AddSingleton<AcquirerNotices>().AddSingleton<CheckoutPages>().AddSingleton<SessionPages>();
        services.AddSingleton<RequestLog>().AddSingleton<RequestEndpoints>().AddSingleton<DeliveryLog>().AddSingleton<DeliveryEndpoints>().AddSingleton<WebhookEndpoints>();
        services.AddSingleton<ExamplePayment>().AddSingleton<SandboxSeed>().AddSingleton<SandboxEndpoints>().AddSingleton<HealthEndpoints>().AddSingleton<ReconciliationEndpoint>();
        services.AddSingleton(_ => new ConsoleAssets(ConsoleAssets.DefaultDirectory)).AddSingleton<SessionTickets>().AddSingleton<ICallerSource, SessionCookie>()
            .AddSingleton<SessionEndpoints>().AddSingleton<LatencyWindow>().AddSingleton<AttentionList>().AddSingleton<OverviewReader>()
            .AddSingleton<OverviewStream>().AddSingleton<ConsoleEndpoints>();
        return services.AddTraceExport(configuration).AddHostedService<SandboxStart>();
    }

    /// <summary>Maps only what tells of the process, health and metrics, and what goes around them, for one that serves nobody else.</summary>
    public static void MapOperations(this WebApplication app)
    {
        UseEnvelope(app);
        MapHealth(app);
    }

    /// <summary>Maps every path of the gateway, and what goes around them.</summary>
    public static void MapGateway(this WebApplication app)
    {
        var services = app.Services;
        UseEnvelope(app);
        DocsPage.Use(app);
        services.GetRequiredService<PaymentEndpoints>().Map(app);
        services.GetRequiredService<AccountEndpoints>().Map(app);
        services.GetRequiredService<EventEndpoints>().Map(app);
        services.GetRequiredService<FraudEndpoints>().Map(app);
        services.GetRequiredService<CheckoutEndpoints>().Map(app);
        services.GetRequiredService<RequestEndpoints>().Map(app);
        services.GetRequiredService<WebhookEndpoints>().Map(app);
        services.GetRequiredService<DeliveryEndpoints>().Map(app);
        services.GetRequiredService<ChallengePage>().Map(app);
        services.GetRequiredService<AcquirerNotices>().Map(app);
        services.GetRequiredService<CheckoutPages>().Map(app);
        services.GetRequiredService<SessionPages>().Map(app);
        services.GetRequiredService<SandboxEndpoints>().Map(app);
        services.GetRequiredService<ReconciliationEndpoint>().Map(app);
        MapHealth(app);
        // Where the host makes no backups, there is no such path.
        var backups = services.GetService<ILedgerBackups>();
        if (backups is not null)
            new BackupEndpoint(services.GetRequiredService<ApiKeys>(), backups).Map(app);
        services.GetRequiredService<ConsoleEndpoints>().Map(app);
        ProblemPages.Map(app);
        ApiDocument.Map(app, services.GetRequiredService<IOptions<GatewayOptions>>().Value, backups is not null, services.GetRequiredService<ExamplePayment>());
    }
    private static void UseEnvelope(WebApplication app) =>
        RequestEnvelope.Use(app, app.Services.GetRequiredService<GatewayInstruments>(), app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Gateway"));

    private static void MapHealth(WebApplication app)
    {
        app.Services.GetRequiredService<HealthEndpoints>().Map(app);
        app.Services.GetRequiredService<PrometheusText>().Map(app);
    }
}
