using Grains.Interfaces.Fraud;

namespace Grains.Fraud;

/// <summary>The deciding step: pure, without an await. Rules and the model speak, points are summed, the sum is the score.</summary>
public static class RiskDecider
{
    private const int MaxScore = 100;

    /// <param name="model">Null where none is loaded.</param>
    /// <param name="fellBack">Features whose source did not answer in time.</param>
    public static RiskDecision Decide(RuleSet rules, IRiskModel? model, FeatureVector features, RiskFacts facts, long nowMs, IReadOnlyList<Feature>? fellBack = null)
    {
        var score = 0;
        List<RiskReason>? reasons = null;
        foreach (var rule in rules.Rules)
        {
            if (!rule.MaySpeak(features) || rule.Rule.Evaluate(new RuleInput(features, facts, rule.Parameters)) is not { } finding)
                continue;
            var mode = rule.ModeFor(facts);
            (reasons ??= []).Add(new RiskReason(rule.Rule.Name, rule.Version, mode, rules.OutcomeOf(finding.Points), finding.Points, finding.Text, finding.Looked, finding.Threshold));
            if (mode == RuleMode.Published)
                score += finding.Points;
        }

        var said = model?.Score(features);
        if (said is { IsPublished: true })
            score += said.Points;
        score = Math.Clamp(score, 0, MaxScore);
        // Nobody asks why a payment passed: its reasons cost more than its score, and what is recorded gives them at any time.
        if (said is not null && (rules.OutcomeOf(score) != RiskOutcome.Approve || rules.OutcomeOf(said.Points) != RiskOutcome.Approve))
            said = said with { Contributions = model!.Explain(features) };
        reasons?.Sort(static (left, right) =>
            (right.Mode, right.Points).CompareTo((left.Mode, left.Points)) is var order and not 0 ? order : string.CompareOrdinal(left.Rule, right.Rule));
        return new RiskDecision
        {
            Outcome = rules.OutcomeOf(score),
            Score = score,
            Reasons = reasons ?? (IReadOnlyList<RiskReason>)[],
            RuleSetVersion = rules.Version,
            Model = said,
            Values = features.AsList(),
            Facts = facts,
            FellBack = fellBack ?? [],
            DecidedAtMs = nowMs,
        };
    }
}
