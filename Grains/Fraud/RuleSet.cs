using Grains.Interfaces.Fraud;

namespace Grains.Fraud;

/// <summary>A rule as it is evaluated: its code with one set of parameters.</summary>
/// <param name="Version">Of this definition, from 1.</param>
/// <param name="Parameters">In the rule's order.</param>
public sealed record ActiveRule(IFraudRule Rule, int Version, RuleMode Mode, long[] Parameters)
{
    /// <summary>All must hold for it to speak.</summary>
    public IReadOnlyList<RuleCondition> Conditions { get; init; } = [];

    /// <summary>The share of payers on whose payments it acts where it is published, in percent; null for all.</summary>
    public int? Rollout { get; init; }

    /// <summary>What it is for a payer: beyond its share it is evaluated as in shadow. A payer whose place is not known is within every share.</summary>
    public RuleMode ModeFor(RiskFacts facts) => Rollout <= facts.PayerPlace && Mode == RuleMode.Published ? RuleMode.Shadow : Mode;

    public bool MaySpeak(FeatureVector features)
    {
        for (var i = 0; i < Conditions.Count; i++)
            if (!features.Has(Conditions[i].Feature) || !Conditions[i].Holds(features[Conditions[i].Feature]))
                return false;
        return true;
    }
}

/// <summary>All rules that are evaluated, with what their points come to. Immutable: a change makes another.</summary>
/// <param name="Version">From 1.</param>
/// <param name="Rules">Shadow and published ones, by name.</param>
/// <param name="ReviewAt">The score from which a payment is held for an analyst.</param>
/// <param name="DeclineAt">The score from which it is declined.</param>
public sealed record RuleSet(int Version, IReadOnlyList<ActiveRule> Rules, int ReviewAt, int DeclineAt)
{
    public const int DefaultReviewAt = 50;
    public const int DefaultDeclineAt = 90;

    /// <summary>Whether a rule acts on some payers alone, so that a decision asks for the payer's place.</summary>
    public bool IsRollingOut
    {
        get
        {
            for (var i = 0; i < Rules.Count; i++)
                if (Rules[i].Rollout is not null)
                    return true;
            return false;
        }
    }

    public RiskOutcome OutcomeOf(int score) => score >= DeclineAt ? RiskOutcome.Decline : score >= ReviewAt ? RiskOutcome.Review : RiskOutcome.Approve;
}
