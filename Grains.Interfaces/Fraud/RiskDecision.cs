namespace Grains.Interfaces.Fraud;

/// <summary>
/// A fraud decision: what was decided, by which rules and model, on which values. The same inputs give the same decision, byte for
/// byte.
/// </summary>
public sealed record RiskDecision
{
    public required RiskOutcome Outcome { get; init; }

    /// <summary>0 to 100: the sum of the points of published rules and of the model, kept within.</summary>
    public required int Score { get; init; }

    /// <summary>The rules that spoke, published ones first, then by points.</summary>
    public required IReadOnlyList<RiskReason> Reasons { get; init; }

    /// <summary>Of the rule set, from 1; each change of any rule makes another.</summary>
    public required int RuleSetVersion { get; init; }

    /// <summary>Null where no model is loaded.</summary>
    public ModelFinding? Model { get; init; }

    /// <summary>Every feature's value, by its number; <see cref="long.MinValue"/> where it was not known.</summary>
    public required IReadOnlyList<long> Values { get; init; }

    /// <summary>Features whose source did not answer in time: the stated fallback stands in their place.</summary>
    public IReadOnlyList<Feature> FellBack { get; init; } = [];

    /// <summary>The words that the rules' sentences had.</summary>
    public RiskFacts Facts { get; init; } = RiskFacts.None;

    /// <summary>Product time in milliseconds since 1970.</summary>
    public required long DecidedAtMs { get; init; }

    /// <summary>
    /// How long the payer's turn took to find the features and decide, in microseconds of the machine's clock. Kept beside the decision's
    /// bytes, which say what was decided and nothing else. Null where it was not taken.
    /// </summary>
    public int? DurationMicroseconds { get; init; }
}

/// <summary>What the model said.</summary>
/// <param name="Version">The model file's.</param>
/// <param name="ProbabilityPpm">The calibrated probability of fraud, in parts per million.</param>
/// <param name="Points">What it adds to the score.</param>
/// <param name="IsPublished">Whether the points count.</param>
/// <param name="Contributions">The features that moved it most, the largest first; empty where the payment passed and the model alone would have let it pass: the values give them at any time.</param>
public sealed record ModelFinding(string Version, int ProbabilityPpm, int Points, bool IsPublished, IReadOnlyList<ModelContribution> Contributions);

/// <summary>How far one feature moved the model.</summary>
/// <param name="Feature">The feature's name.</param>
/// <param name="Millilogits">Thousandths of a logit; positive towards fraud.</param>
public sealed record ModelContribution(string Feature, int Millilogits);
