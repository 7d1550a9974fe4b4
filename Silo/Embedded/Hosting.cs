using System.Net;
using Gateway;
using Grains.Acquirers;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Ledger;
using Microsoft.Extensions.Options;

namespace Silo.Embedded;

/// <summary>Puts the embedded edition and the gateway together in one web application.</summary>
public static class Hosting
{
    /// <summary>The configured limits of the ledger, checked.</summary>
    public static LedgerOptions LedgerOptions(this IConfiguration configuration)
    {
        var options = new LedgerOptions();
        configuration.GetSection("Payments:Ledger").Bind(options);
        System.ComponentModel.DataAnnotations.Validator.ValidateObject(options, new System.ComponentModel.DataAnnotations.ValidationContext(options), validateAllProperties: true);
        return options;
    }

    /// <summary>How card acquirers are called, checked.</summary>
    public static AcquirerOptions AcquirerOptions(this IConfiguration configuration)
    {
        var options = new AcquirerOptions();
        configuration.GetSection(Grains.Acquirers.AcquirerOptions.Section).Bind(options);
        System.ComponentModel.DataAnnotations.Validator.ValidateObject(options, new System.ComponentModel.DataAnnotations.ValidationContext(options), validateAllProperties: true);
        return options;
    }

    public static IServiceCollection AddEmbeddedEdition(this IServiceCollection services, EmbeddedEdition edition) => services
        .AddSingleton<IGrains>(edition.Grains)
        .AddSingleton(edition.Writer)
        .AddSingleton(edition.Writer.Reader)
        .AddSingleton(edition.Writer.Directory)
        .AddSingleton(edition.Writer.Tail)
        .AddSingleton(edition.PaymentReader)
        .AddSingleton(edition.MasterKey)
        .AddSingleton(edition.Faults)
        .AddSingleton(edition.Checkout.Documents)
        .AddSingleton(edition.Checkout.AcquirerFaults)
        .AddSingleton<ICardEntry>(edition.Checkout.Cards)
        .AddSingleton(edition.Clock)
        .AddSingleton<IRegistry>(edition.Registry)
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
