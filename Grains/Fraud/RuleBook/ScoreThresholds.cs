using Grains.Interfaces.Fraud;

namespace Grains.Fraud.RuleBook;

/// <summary>
/// From which score on a payment is held or declined: changed as a rule is, in versions, by two people and revertible; but it finds
/// nothing, and is always in force.
/// </summary>
internal sealed class ScoreThresholds : IFraudRule
{
    private const string ReviewAt = "review_at";
    private const string DeclineAt = "decline_at";

    private ScoreThresholds()
    {
    }

    public static ScoreThresholds Rule { get; } = new();

    public string Name => "score_thresholds";

    public string Description => "From which score a payment is held for an analyst, and from which it is declined.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter(ReviewAt, "score", RuleSet.DefaultReviewAt, 1, 101, "Held from this score on; 101 for never."),
        new RuleParameter(DeclineAt, "score", RuleSet.DefaultDeclineAt, 1, 101, "Declined from this score on; 101 for never."),
    ];

    public RuleMode DefaultMode => RuleMode.Published;

    public RuleFinding? Evaluate(in RuleInput input) => null;

    /// <summary>The product's own version, as a set has it.</summary>
    public static RuleVersion Own(FraudRuleSet set) => RuleSets.Own(Rule, RuleMode.Published) with { Parameters = RuleSets.Named(Rule, [set.ReviewAt, set.DeclineAt]) };

    /// <summary>A set with the thresholds of a version.</summary>
    public static FraudRuleSet Apply(FraudRuleSet set, RuleVersion version) =>
        RuleSets.Values(Rule, version.Parameters) is [var review, var decline] ? set with { ReviewAt = (int)review, DeclineAt = (int)decline } : throw new InvalidOperationException("There are two thresholds.");

    /// <summary>What a version of it may not say beside what no rule's may.</summary>
    public static IEnumerable<RefusedField> Invalid(RuleVersion version)
    {
        if (version.Conditions.Count > 0)
            yield return new RefusedField("conditions", "are for rules that find something: thresholds have none.");
        if (RuleSets.Values(Rule, version.Parameters) is [var review, var decline] && review > decline)
            yield return new RefusedField("parameters." + DeclineAt, "must be at least review_at.");
    }
}
