using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Grains.Acquirers;

namespace Silo.Cluster.Stripe;

/// <summary>The account at Stripe that takes cards: configuration section <see cref="Section"/>.</summary>
internal sealed class StripeSettings
{
    public const string Section = AcquirerOptions.Section + ":Stripe";
    public const string ApiKeySetting = "Payments:Acquirer:Stripe:ApiKey";
    public const string PublishableKeySetting = "Payments:Acquirer:Stripe:PublishableKey";
    public const string FollowSinceSetting = "Payments:Acquirer:Stripe:FollowSince";

    private const string WebhookSecretSetting = "Payments:Acquirer:Stripe:WebhookSecret";
    private const string KindSetting = $"{AcquirerOptions.Section}:{nameof(AcquirerOptions.Kind)}";

    /// <summary>Secret, and in no log.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>Card numbers go to Stripe with it: it may make tokens, and see nothing.</summary>
    public string PublishableKey { get; set; } = "";

    public string ApiBase { get; set; } = "https://api.stripe.com";

    /// <summary>Signs what Stripe tells us at <see cref="StripeEvents.Path"/>; null where nothing of it is believed.</summary>
    public string? WebhookSecret { get; set; }

    /// <summary>
    /// Disputes and refunds that were made at Stripe from then on are followed there, and what becomes of them is booked; null where that is
    /// done by hand. It may be a time to come.
    /// </summary>
    public string? FollowSince { get; set; }

    /// <summary><see cref="FollowSince"/> as a time.</summary>
    public DateTimeOffset? FollowedSince => FollowSince is null ? null : DateTimeOffset.Parse(FollowSince, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>The settings; null where another acquirer is meant.</summary>
    /// <exception cref="ValidationException">A setting is missing, or malformed: it is named, and not shown.</exception>
    public static StripeSettings? Read(IConfiguration configuration, bool sandbox)
    {
        if (configuration[KindSetting] != AcquirerOptions.StripeKind)
            return null;
        // Stripe takes its time: a try that is given up is heard of under its key, and only later. Together less than a grain is waited for.
        configuration[$"{AcquirerOptions.Section}:{nameof(AcquirerOptions.TimeoutMs)}"] ??= "6000";
        configuration[$"{AcquirerOptions.Section}:{nameof(AcquirerOptions.Retries)}"] ??= "1";
        var settings = new StripeSettings();
        configuration.GetSection(Section).Bind(settings);
        Check(ApiKeySetting, settings.ApiKey, "a secret or restricted key (sk_…, rk_…)", "sk_", "rk_");
        Check(PublishableKeySetting, settings.PublishableKey, "a publishable key (pk_…)", "pk_");
        if (settings.WebhookSecret is { } secret)
            Check(WebhookSecretSetting, secret, "an endpoint's secret (whsec_…)", "whsec_");
        if (settings.FollowSince is { } since && !DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
            throw new ValidationException($"{FollowSinceSetting} must be a time, like 2026-12-01T00:00:00Z: from then on disputes and refunds are followed.");
        if (sandbox && settings.ApiKey.Contains("_live_", StringComparison.Ordinal))
            throw new ValidationException($"{ApiKeySetting} takes real money: it is not for the sandbox.");
        if (!Uri.TryCreate(settings.ApiBase, UriKind.Absolute, out var url) || url.PathAndQuery != "/" || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
            throw new ValidationException($"{Section}:{nameof(ApiBase)} must be an address without a path, by https where it is not this machine's.");
        settings.ApiBase = settings.ApiBase.TrimEnd('/');
        return settings;
    }

    private static void Check(string setting, string value, string what, params ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
            if (value.Length > prefix.Length && value.StartsWith(prefix, StringComparison.Ordinal) && !value.Any(static letter => letter is <= ' ' or > '~'))
                return;
        throw new ValidationException($"{setting} is {(value.Length == 0 ? "missing" : "malformed")}: it is {what}, and needed where {KindSetting} is '{AcquirerOptions.StripeKind}'.");
    }
}
