using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.RuleBook;

/// <summary>Rule sets as they are stored, and as decisions use them.</summary>
internal static class RuleSets
{
    /// <summary>As the product is delivered, to be stored.</summary>
    public static FraudRuleSet Delivered()
    {
        var set = FraudRules.Default();
        return new FraudRuleSet { Version = set.Version, ReviewAt = set.ReviewAt, DeclineAt = set.DeclineAt, Rules = [.. set.Rules.Select(static rule => ToStored(rule))] };
    }

    /// <summary>The version of a rule that the product brings.</summary>
    public static RuleVersion Own(IFraudRule rule, RuleMode mode) => new()
    {
        Rule = rule.Name,
        Version = 1,
        Mode = mode,
        Parameters = Named(rule, FraudRules.Defaults(rule)),
        PublishedRevision = mode == RuleMode.Published ? 0 : null,
    };

    /// <summary>The set after a change of one rule.</summary>
    /// <param name="versions">All versions of the rule, after the change.</param>
    public static FraudRuleSet Next(FraudRuleSet set, string rule, IReadOnlyList<RuleVersion> versions, string by, DateTimeOffset at)
    {
        var next = set with { Version = set.Version + 1, By = by, At = at };
        if (rule == ScoreThresholds.Rule.Name)
            return ScoreThresholds.Apply(next, versions.Single(static version => version.Mode == RuleMode.Published));
        var inForce = versions.Where(static version => version.Mode is RuleMode.Published or RuleMode.Shadow)
            .Select(static version => new RuleInSet(version.Rule, version.Version, version.Mode, version.Parameters, version.Conditions, version.Mode == RuleMode.Published ? version.Rollout : null));
        return next with { Rules = [.. set.Rules.Where(each => each.Rule != rule).Concat(inForce).OrderBy(static each => each.Rule, StringComparer.Ordinal).ThenBy(static each => each.Version)] };
    }

    /// <summary>The set as decisions use it.</summary>
    /// <param name="unknown">Rules that this release does not have: they are not evaluated.</param>
    public static RuleSet ToActive(FraudRuleSet set, out IReadOnlyList<string> unknown)
    {
        var (rules, missing) = (new List<ActiveRule>(set.Rules.Count), new List<string>());
        foreach (var each in set.Rules)
            if (FraudRules.All.FirstOrDefault(rule => rule.Name == each.Rule) is { } code)
                rules.Add(new ActiveRule(code, each.Version, each.Mode, Values(code, each.Parameters)) { Conditions = each.Conditions, Rollout = each.Rollout });
            else
                missing.Add(each.Rule);
        unknown = missing;
        return new RuleSet(set.Version, rules, set.ReviewAt, set.DeclineAt);
    }

    /// <summary>In the rule's order. One that was added since is as the release has it.</summary>
    public static long[] Values(IFraudRule rule, IReadOnlyList<ParameterValue> named) =>
        [.. rule.Parameters.Select(parameter => named.FirstOrDefault(value => value.Name == parameter.Name)?.Value ?? parameter.Default)];

    public static IReadOnlyList<ParameterValue> Named(IFraudRule rule, long[] values) => [.. rule.Parameters.Select((parameter, place) => new ParameterValue(parameter.Name, values[place]))];

    private static RuleInSet ToStored(ActiveRule rule) => new(rule.Rule.Name, rule.Version, rule.Mode, Named(rule.Rule, rule.Parameters), rule.Conditions, rule.Rollout);
}
