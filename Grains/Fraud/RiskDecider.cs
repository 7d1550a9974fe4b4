using System.Runtime.InteropServices;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud;

/// <summary>The deciding step: pure, without an await. Rules and the model speak, points are summed, the sum is the score.</summary>
public static class RiskDecider
{
    private const int MaxScore = 100;

    /// <param name="model">Null where none is loaded.</param>
    /// <param name="fellBack">Features whose source did not answer in time.</param>
    public static RiskVerdict Decide(RuleSet rules, IRiskModel? model, FeatureVector features, RiskFacts facts, long nowMs, IReadOnlyList<Feature>? fellBack = null)
    {
        var score = 0;
        List<SpokenRule>? spoken = null;
        foreach (var rule in rules.Rules)
        {
            if (rule.Rule.Evaluate(new RuleInput(features, facts, Parameters(rule))) is not { } finding)
                continue;
            (spoken ??= []).Add(new SpokenRule(rule.Rule.Name, rule.Version, rule.Mode, finding));
            if (rule.Mode == RuleMode.Published)
                score += finding.Points;
        }

        var said = model?.Score(features);
        if (said is { IsPublished: true })
            score += said.Points;
        score = Math.Clamp(score, 0, MaxScore);
        spoken?.Sort(static (left, right) =>
            (right.Mode, right.Finding.Points).CompareTo((left.Mode, left.Finding.Points)) is var order and not 0 ? order : string.CompareOrdinal(left.Rule, right.Rule));
        return new RiskVerdict(rules.OutcomeOf(score), score, rules.Version, spoken ?? (IReadOnlyList<SpokenRule>)[], said, features, fellBack ?? [], nowMs);
    }

    private static ReadOnlySpan<long> Parameters(ActiveRule rule) => rule.Parameters switch
    {
        long[] array => array,
        List<long> list => CollectionsMarshal.AsSpan(list),
        var other => other.ToArray(),
    };
}

/// <summary>A rule that had something to say.</summary>
public sealed record SpokenRule(string Rule, int Version, RuleMode Mode, RuleFinding Finding);

/// <summary>A decision as the grain has it, before it is stored.</summary>
public sealed record RiskVerdict(
    RiskOutcome Outcome, int Score, int RuleSetVersion, IReadOnlyList<SpokenRule> Spoken, ModelFinding? Model, FeatureVector Features, IReadOnlyList<Feature> FellBack, long DecidedAtMs);
