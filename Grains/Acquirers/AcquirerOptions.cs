using System.ComponentModel.DataAnnotations;

namespace Grains.Acquirers;

/// <summary>How long, how often and how much at a time an acquirer is asked: configuration section <c>Payments:Acquirer</c>.</summary>
public sealed class AcquirerOptions : IValidatableObject
{
    public const string Section = "Payments:Acquirer";
    public const string DefaultTier = "standard";
    public const int MaxTiers = 10;
    private const int MaxTierLength = 20;

    public const string StripeKind = "stripe";
    private const string SandboxKind = "sandbox";

    /// <summary>Who takes cards: <c>sandbox</c>, or <c>stripe</c>, which the cluster edition alone has.</summary>
    [AllowedValues(SandboxKind, StripeKind, ErrorMessage = $"{Section}:{nameof(Kind)} is none of '{SandboxKind}', '{StripeKind}'.")]
    public string Kind { get; set; } = SandboxKind;

    /// <summary>Where the sandbox acquirer runs as a process of its own; null keeps it in this one.</summary>
    public string? Url { get; set; }

    /// <summary>How long one try may take, in milliseconds.</summary>
    [Range(10, 60_000)]
    public int TimeoutMs { get; set; } = 2_000;

    /// <summary>Further tries after the first, all under the same key.</summary>
    [Range(1, 10)]
    public int Retries { get; set; } = 2;

    [Range(1, 10_000)]
    public int RetryDelayMs { get; set; } = 50;

    /// <summary>
    /// Operations under way at the same time; beyond it, an attempt waits for its resolver. Beside them as many cards that are typed;
    /// beyond it, a card is not taken.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxConcurrent { get; set; } = 512;

    /// <summary>The share of silent calls, in percent of the last ten seconds', at which none are made for a while.</summary>
    [Range(1, 100)]
    public int BreakerPercent { get; set; } = 90;

    [Range(2, 100_000)]
    public int BreakerMinimumCalls { get; set; } = 50;

    [Range(500, 600_000)]
    public int BreakMs { get; set; } = 1_000;

    /// <summary>How long after an attempt began its resolver first asks for it, in milliseconds of the product's time.</summary>
    [Range(100, 3_600_000)]
    public int ResolveAfterMs { get; set; } = 15_000;

    /// <summary>How often an acquirer that has disputes is asked for new ones, in milliseconds; it tells of most by itself, and sooner.</summary>
    [Range(100, 86_400_000)]
    public int DisputesEveryMs { get; set; } = 300_000;

    /// <summary>How often and how much cards may be charged before an authorization is declined here.</summary>
    public VelocityOptions Velocity { get; set; } = new();

    /// <summary>
    /// Merchants by the tier under which what their payments come to is counted, at most <see cref="MaxTiers"/> of them; all others are
    /// <see cref="DefaultTier"/>.
    /// </summary>
    public Dictionary<string, List<string>> MerchantTiers { get; set; } = [];

    /// <summary>Whether test cards are taken, and webhooks may go to addresses that are not public. The host says so, whatever the section says.</summary>
    public bool IsSandbox { get; set; } = true;

    public string TierOf(string merchant) => MerchantTiers.FirstOrDefault(tier => tier.Value.Contains(merchant)).Key ?? DefaultTier;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var refused in Velocity.Validate())
            yield return refused;
        // They are labels of metrics: few, and plain words.
        if (MerchantTiers.Count > MaxTiers)
            yield return new ValidationResult($"There are at most {MaxTiers} merchant tiers.", [nameof(MerchantTiers)]);
        foreach (var tier in MerchantTiers.Keys.Where(static tier => tier.Length > MaxTierLength || tier.Any(static letter => !char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '_')))
            yield return new ValidationResult($"A merchant tier has at most {MaxTierLength} lower-case letters, digits and underscores: '{tier}' is none.", [nameof(MerchantTiers)]);
    }
}
