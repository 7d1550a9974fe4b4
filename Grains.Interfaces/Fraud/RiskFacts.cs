using System.Collections.Concurrent;
using Grains.Interfaces.Values;

namespace Grains.Interfaces.Fraud;

/// <summary>
/// What a rule's sentence needs beside the features: words, never what is decided on; and, where a rule acts on a share of payers, where
/// this one stands among them. Recorded with the decision, so that it can be made again from what is recorded alone.
/// </summary>
public sealed record RiskFacts
{
    public static RiskFacts None { get; } = new();

    private static readonly ConcurrentDictionary<Currency, RiskFacts> Wordless = new();

    /// <summary>The payment's.</summary>
    public Currency Currency { get; init; } = Currency.Usd;

    /// <summary>What the payer's last place and this one are called; coordinates where they have no name.</summary>
    public string? TravelFrom { get; init; }

    public string? TravelTo { get; init; }

    /// <summary>What the list's entry names, as the analyst wrote it; where several lists name a party, the block list's, then the watch list's.</summary>
    public string? ListedEntry { get; init; }

    public string? BlockedEntry { get; init; }

    public string? AllowedEntry { get; init; }

    public string? WatchedEntry { get; init; }

    public string? CardCountry { get; init; }

    public string? OtherCountry { get; init; }

    /// <summary>0 to 99, by the payer's keyed hash; null where no rule asked.</summary>
    public int? PayerPlace { get; init; }

    /// <summary>Of a payment of which there is nothing to say but its currency: nearly all.</summary>
    public static RiskFacts Of(Currency currency) => Wordless.GetOrAdd(currency, static currency => new RiskFacts { Currency = currency });
}
