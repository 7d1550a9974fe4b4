using System.Globalization;
using System.Net;
using Gateway;
using Gateway.Fraud;
using Gateway.Requests;
using Grains.Acquirers;
using Grains.Fraud;
using Grains.Fraud.Detectors;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Grains.Reconciliation;
using Ledger;
using Ledger.Postgres;
using Microsoft.Extensions.Options;

namespace Silo.Embedded;

/// <summary>Puts the embedded edition and the gateway together in one web application.</summary>
public static class Hosting
{
    public const string ConnectionSetting = "Payments:Ledger:ConnectionString";

    /// <summary>The connections of several shards, by their places.</summary>
    public const string ShardsSetting = "Payments:Ledger:Shards";

    private const string SecretSetting = "Payments:Ledger:MasterKeySecret";

    private const int MinSecretLength = 16;

    /// <summary>The configured limits of the ledger, checked.</summary>
    public static LedgerOptions LedgerOptions(this IConfiguration configuration) => configuration.Checked<LedgerOptions>("Payments:Ledger");

    /// <summary>The embedded edition is for trying out until its environment says otherwise.</summary>
    public static string EnvironmentName =>
        Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environments.Development;

    /// <summary>
    /// Opens the ledger that the configuration names: the database of <c>Payments:Ledger:ConnectionString</c>, or the shards of
    /// <c>Payments:Ledger:Shards:0</c>, <c>:1</c>, …, or else the data directory's own.
    /// </summary>
    /// <exception cref="OptionsValidationException">The connection, or the master key's secret, is not one for this environment.</exception>
    public static OpenLedger OpenLedger(this IConfiguration configuration, string dataDirectory, IHostEnvironment environment, TimeProvider machine)
    {
        var connections = configuration.Connections();
        if (connections.Count == 0)
            return Embedded.OpenLedger.InDirectory(dataDirectory);
        var secret = configuration[SecretSetting];
        if (secret is null && environment.IsProduction())
            throw Refused($"The ledger's master key is wrapped under a secret: give it as {SecretSetting}, the same to every process.");
        if (secret is { Length: < MinSecretLength })
            throw Refused($"{SecretSetting} has less than {MinSecretLength} characters.");
        List<PostgresSettings> settings;
        try
        {
            settings = connections.ConvertAll(connection => PostgresSettings.Parse(connection, environment.IsProduction()));
        }
        catch (ArgumentException exception)
        {
            throw Refused(exception.Message);
        }

        return Embedded.OpenLedger.InPostgres(settings, secret, machine);
    }

    /// <summary>The databases that the configuration names, in the order of their shards; none where the ledger is in the data directory.</summary>
    public static List<string> Connections(this IConfiguration configuration)
    {
        var shards = configuration.GetSection(ShardsSetting).GetChildren().OrderBy(static shard => int.TryParse(shard.Key, out var place) ? place : int.MaxValue)
            .Select(static shard => shard.Value).OfType<string>().Where(static connection => connection.Length > 0).ToList();
        return shards.Count > 0 ? shards : configuration[ConnectionSetting] is { Length: > 0 } connection ? [connection] : [];
    }

    /// <summary>How card acquirers are called, checked.</summary>
    public static AcquirerOptions AcquirerOptions(this IConfiguration configuration) => configuration.Checked<AcquirerOptions>(Grains.Acquirers.AcquirerOptions.Section);

    /// <summary>How books are compared, checked.</summary>
    public static ReconciliationOptions ReconciliationOptions(this IConfiguration configuration) => configuration.Checked<ReconciliationOptions>(Grains.Reconciliation.ReconciliationOptions.Section);

    /// <summary>How risk is judged, checked.</summary>
    /// <param name="sandbox">Where changes of rules take one person, unless the configuration says otherwise.</param>
    public static RiskOptions RiskOptions(this IConfiguration configuration, bool sandbox)
    {
        var options = new RiskOptions { FourEyes = !sandbox };
        configuration.GetSection(Grains.Fraud.RiskOptions.Section).Bind(options);
        return options.Validated();
    }

    /// <summary>What looks for patterns across accounts.</summary>
    /// <exception cref="OptionsValidationException">There is no such detector or parameter, or a value is none that it takes.</exception>
    public static DetectorOptions DetectorOptions(this IConfiguration configuration)
    {
        var section = configuration.GetSection(Grains.Fraud.Detectors.DetectorOptions.Section);
        var options = new DetectorOptions { IsEnabled = section.GetValue(nameof(Grains.Fraud.Detectors.DetectorOptions.IsEnabled), true) };
        foreach (var detector in section.GetChildren().Where(static each => each.Key != nameof(Grains.Fraud.Detectors.DetectorOptions.IsEnabled)))
        {
            var setting = new DetectorSetting { IsEnabled = detector.GetValue(nameof(DetectorSetting.IsEnabled), true), Freeze = detector.GetValue(nameof(DetectorSetting.Freeze), false) };
            foreach (var value in detector.GetChildren().Where(static each => each.Key is not (nameof(DetectorSetting.IsEnabled) or nameof(DetectorSetting.Freeze))))
                setting.Parameters[value.Key] = long.TryParse(value.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Refused($"{value.Path} is no whole number.");
            options.ByName[detector.Key] = setting;
        }

        try
        {
            options.Active();
        }
        catch (ArgumentException exception)
        {
            throw Refused(exception.Message);
        }

        return options;
    }

    public static IServiceCollection AddEmbeddedEdition(this IServiceCollection services, EmbeddedEdition edition) => services
        .AddSingleton<IGrains>(edition.Grains)
        .AddSingleton(edition.Shards)
        .AddSingleton(edition.Shards.Reader)
        .AddSingleton(edition.Shards.Directory)
        .AddSingleton(edition.PaymentReader)
        .AddSingleton(edition.MasterKey)
        .AddSingleton(edition.Faults)
        .AddSingleton(edition.Checkout.Documents)
        .AddSingleton(edition.Checkout.AcquirerFaults)
        .AddSingleton<ICardEntry>(edition.Checkout.Cards)
        .AddSingleton(edition.Clock)
        .AddSingleton(services => new RiskModels(
            new ModelDirectory(services.GetRequiredService<IConfiguration>()[ModelDirectory.Setting] ?? Path.Combine(edition.DataDirectory, ModelDirectory.Name)), edition.Models, edition.Rules.InForce, edition.Grains, services.GetRequiredService<ILogger<RiskModels>>()))
        .AddSingleton<IRiskModels>(static services => services.GetRequiredService<RiskModels>())
        .AddHostedService(_ => new RulesStart(edition.Rules.InForce))
        .AddHostedService(static services => new ModelsStart(services.GetRequiredService<RiskModels>()))
        .AddHostedService(services => new DetectorsStart(edition, services.GetRequiredService<IConfiguration>().DetectorOptions(), services.GetRequiredService<EventConsumers>(), services.GetRequiredService<ILoggerFactory>()))
        .AddHostedService(services => new ReconciliationStart(edition, services.GetRequiredService<IConfiguration>().ReconciliationOptions(), services.GetRequiredService<EventConsumers>(), services.GetRequiredService<ILoggerFactory>()))
        .AddHostedService(services => new DisputesStart(edition, services, services.GetRequiredService<ILogger<DisputesStart>>()))
        .AddSingleton(new RequestLogPlace(edition.DataDirectory))
        .AddSingleton(edition.Registry)
        // Made by the container, which ends it before the ledger is closed.
        .AddSingleton<IBacktests>(_ => new EmbeddedBacktests(edition))
        .AddSingleton(TimeProvider.System);

    /// <summary>
    /// Whether this start is a sandbox: the default on loopback, refused in production and, unless asked for, elsewhere.
    /// </summary>
    /// <exception cref="OptionsValidationException">The sandbox is asked for where it may not be.</exception>
    public static bool IsSandbox(IHostEnvironment environment, IConfiguration configuration, string urls, bool sandboxAnywhere)
    {
        var configured = configuration.GetValue<bool?>($"{GatewayOptions.Section}:{nameof(GatewayOptions.Sandbox)}");
        var asked = sandboxAnywhere || configured == true;
        if (environment.IsProduction())
            return asked ? throw Refused("The sandbox does not run in the environment 'Production'.") : false;
        if (configured == false)
            return false;
        if (!sandboxAnywhere && urls.Split(';', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(static url => !IsLoopback(url)) is { } open)
            throw Refused($"The sandbox's keys are public, and '{open}' is not a loopback address: start with --sandbox to serve it there all the same.");
        return true;
    }

    private static bool IsLoopback(string url)
    {
        var host = new Uri(url.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal)).Host.Trim('[', ']');
        return host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }

    private static OptionsValidationException Refused(string why) => new(nameof(GatewayOptions), typeof(GatewayOptions), [why]);
}
