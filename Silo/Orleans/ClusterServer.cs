using System.ComponentModel.DataAnnotations;
using Gateway;
using Gateway.Operations;
using Ledger;
using Ledger.Postgres;
using Microsoft.Extensions.Options;
using Silo.Cluster.Streams;
using Silo.Cluster.Stripe;
using Silo.Cluster.Tls;
using Silo.Embedded;

namespace Silo.Cluster;

/// <summary>Serves as one process of a cluster until it is told to stop, then drains.</summary>
internal static partial class ClusterServer
{
    public const string Migrations = "Payments.Silo.Cluster.Migrations.";
    private const string DataSetting = "Payments:Cluster:Data";
    private const string SandboxSetting = "Payments:Cluster:SandboxAnywhere";

    /// <summary>What may be said on the command line, and which setting it is.</summary>
    internal static readonly Dictionary<string, string> Switches = new()
    {
        ["--role"] = "Payments:Cluster:Role",
        ["--cluster"] = "Payments:Cluster:ClusterId",
        ["--advertise"] = "Payments:Cluster:Advertise",
        ["--silo-port"] = "Payments:Cluster:SiloPort",
        ["--gateway-port"] = "Payments:Cluster:GatewayPort",
        ["--ledger"] = Hosting.ConnectionSetting,
        ["--data"] = DataSetting,
        ["--sandbox"] = SandboxSetting,
        ["--streams"] = StreamsSettings.Section + ":Provider",
    };

    /// <summary>0 when it was told to stop, 1 when it cannot go on, 2 when it was told something wrong.</summary>
    public static async Task<int> Run(string[] args)
    {
        try
        {
            return await Serve(args);
        }
        catch (Exception exception) when (exception is LedgerDamagedException or LedgerSchemaException or LedgerStoreException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (Exception exception) when (exception is OptionsValidationException or ValidationException or FormatException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
    }

    private static async Task<int> Serve(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddCommandLine(args, Switches);
        var urls = builder.Configuration["urls"] ?? "http://127.0.0.1:8080";
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls(urls);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        var settings = Settings(builder.Configuration);
        var connection = builder.Configuration.Connections().FirstOrDefault() ?? throw new ValidationException("A cluster's ledger is in PostgreSQL: name its database with --ledger, or its shards.");
        var sandbox = Hosting.IsSandbox(builder.Environment, builder.Configuration, urls, builder.Configuration.GetValue<bool>(SandboxSetting));
        using var loggers = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddSimpleConsole());
        builder.AddClusterTls(settings, loggers);

        using var grains = new ClusterGrains(new ClusterGrainsOptions(), TimeProvider.System);
        var stripe = StripeSettings.Read(builder.Configuration, sandbox);
        using var cards = stripe is null ? null : new StripeAcquirer(stripe);
        if (stripe is { FollowSince: null })
            NotFollowed(loggers.CreateLogger(typeof(ClusterServer)), StripeSettings.FollowSinceSetting);
        await using var edition = Open(builder, grains, sandbox, loggers, cards);
        var cluster = ClusterHosting.Database(connection);
        PostgresMigrator.Migrate(cluster, typeof(ClusterServer).Assembly, Migrations);

        // Started in this order, and stopped in the other: first the cluster, then what calls grains, at last the server.
        builder.AddCluster(settings, grains, cluster);
        builder.AddPaymentStreams(settings, cluster);
        builder.Services.AddHostedService(services => new ClusterWork(edition, grains, services.GetRequiredService<IGrainFactory>(), settings));
        builder.Services.AddEmbeddedEdition(edition);
        builder.AddHealthChecks(edition, settings);
        builder.Services.AddGateway(builder.Configuration, sandbox && settings.IsGateway);
        builder.Services.AddSingleton<ILedgerBackups>(new PostgresBackups());
        await using var app = builder.Build();
        if (settings.IsGateway)
        {
            app.MapGateway();
            app.MapStripeEvents(stripe, edition.Checkout.Followed);
        }
        else
            app.MapOperations();
        // Before a grain decides anything here: the rules, lists and model that are in force.
        await edition.Rules.InForce.Begin();
        _ = edition.Ended.ContinueWith(_ => app.Lifetime.StopApplication(), TaskContinuationOptions.OnlyOnFaulted);
        await app.StartAsync();
        Console.WriteLine($"""
            Payments is ready: {settings.Role} of the cluster '{settings.ClusterId}'.
              API      {app.Urls.First()}
            """);
        await app.WaitForShutdownAsync();
        if (!edition.Ended.IsFaulted)
            return 0;
        await Console.Error.WriteLineAsync($"The ledger's thread ended by a fault of ours; nothing that was not answered is promised: {edition.Ended.Exception}");
        return 1;
    }

    internal static ClusterSettings Settings(IConfiguration configuration) => configuration.Checked<ClusterSettings>(ClusterSettings.Section);

    private static EmbeddedEdition Open(WebApplicationBuilder builder, ClusterGrains grains, bool sandbox, ILoggerFactory loggers, StripeAcquirer? cards)
    {
        var configuration = builder.Configuration;
        var data = configuration[DataSetting] ?? "./data";
        var acquirer = configuration.AcquirerOptions();
        acquirer.IsSandbox = sandbox;
        return EmbeddedEdition.Open(
            configuration.OpenLedger(data, builder.Environment, TimeProvider.System), data, configuration.LedgerOptions(), grains, RiskGrains.Of(grains), loggers, TimeProvider.System, acquirer, cards, configuration.RiskOptions(sandbox));
    }

    [LoggerMessage(1, LogLevel.Warning, "Disputes at Stripe, and refunds that fail there later, are booked by hand: {Setting} has no time from which on they are followed.")]
    private static partial void NotFollowed(ILogger logger, string setting);
}
