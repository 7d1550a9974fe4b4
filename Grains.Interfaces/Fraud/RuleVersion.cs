namespace Grains.Interfaces.Fraud;

/// <summary>A parameter of a rule, set.</summary>
public sealed record ParameterValue(string Name, long Value);

/// <summary>
/// One version of a rule: what it is evaluated with, and where it is in its life. Parameters and conditions never change; another
/// version takes its place.
/// </summary>
public sealed record RuleVersion
{
    /// <summary>The most versions of a rule.</summary>
    public const int Max = 1_000;

    public required string Rule { get; init; }

    /// <summary>From 1, which is the product's own.</summary>
    public required int Version { get; init; }

    public required RuleMode Mode { get; init; }

    public required IReadOnlyList<ParameterValue> Parameters { get; init; }

    /// <summary>All must hold for the rule to speak.</summary>
    public IReadOnlyList<RuleCondition> Conditions { get; init; } = [];

    /// <summary>Of a published version: the share of payers on whose payments it acts, 1 to 99 percent; null for all.</summary>
    public int? Rollout { get; init; }

    /// <summary>Why it was written, at most 500 characters.</summary>
    public string? Note { get; init; }

    /// <summary>The label of a key; null for the product itself.</summary>
    public string? DraftedBy { get; init; }

    public DateTimeOffset? DraftedAt { get; init; }

    public string? ChangedBy { get; init; }

    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>The rule's revision as it was published last; 0 as the product was delivered, null never.</summary>
    public int? PublishedRevision { get; init; }

    /// <summary>What somebody asked for that a second person must do; null for nothing.</summary>
    public RuleAction? Asked { get; init; }

    public string? AskedBy { get; init; }

    /// <summary>The share that was asked for with it; null for all payers.</summary>
    public int? AskedRollout { get; init; }

    /// <summary>How often this version was changed, with its drafting.</summary>
    public int Changes { get; init; }

    /// <summary>How often the rule was changed, with the change that left this version as it is.</summary>
    public int Revision { get; init; }

    /// <summary>The rule set in force after that change.</summary>
    public int RuleSetVersion { get; init; } = 1;
}

/// <summary>A rule as analysts see it: its code's description, and what of it is in force.</summary>
public sealed record FraudRule
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<ParameterForm> Parameters { get; init; }

    /// <summary>How often it was changed; 0 as the product was delivered.</summary>
    public required int Revision { get; init; }

    /// <summary>How many versions there are.</summary>
    public required int Versions { get; init; }

    public RuleVersion? Published { get; init; }

    public RuleVersion? Shadow { get; init; }
}

/// <summary>What may be set of a rule, as a whole number from <paramref name="Min"/> to <paramref name="Max"/>.</summary>
public sealed record ParameterForm(string Name, string Unit, long Default, long Min, long Max, string Description);

/// <summary>A rule of a rule set, whole: replayed, it needs nothing else.</summary>
/// <param name="Rollout">The share of payers on whose payments a published one acts, 1 to 99 percent; null for all.</param>
public sealed record RuleInSet(string Rule, int Version, RuleMode Mode, IReadOnlyList<ParameterValue> Parameters, IReadOnlyList<RuleCondition> Conditions, int? Rollout = null);

/// <summary>All rules that are, or once were, in force together.</summary>
public sealed record FraudRuleSet
{
    /// <summary>From 1, which is how the product was delivered.</summary>
    public required int Version { get; init; }

    public required int ReviewAt { get; init; }

    public required int DeclineAt { get; init; }

    public required IReadOnlyList<RuleInSet> Rules { get; init; }

    /// <summary>When it came into force; null for the first.</summary>
    public DateTimeOffset? At { get; init; }

    public string? By { get; init; }
}
