using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Backtest;

/// <summary>What is tried out: changes of a rule set.</summary>
/// <param name="ReviewAt">Null leaves it as it is.</param>
/// <param name="DeclineAt">Null leaves it as it is.</param>
/// <param name="Rules">Those that change, and those that are only looked at.</param>
public sealed record RuleChanges(int? ReviewAt, int? DeclineAt, IReadOnlyList<RuleChange> Rules)
{
    public static RuleChanges None { get; } = new(null, null, []);

    public bool IsNone => ReviewAt is null && DeclineAt is null && Rules.All(static rule => rule.IsNone);

    /// <summary>Why they cannot be made in a rule set: a review would begin where payments are declined already. Null where they can.</summary>
    public string? FaultOn(RuleSet before)
    {
        var (review, decline) = (ReviewAt ?? before.ReviewAt, DeclineAt ?? before.DeclineAt);
        return review <= decline ? null : $"Reviews would begin at {review}, above {decline}, from which payments are declined.";
    }

    /// <summary>
    /// The rules with the changes. Versions stay: they would differ in every decision, and say nothing of it. A rule that is evaluated only
    /// now has version 1. Of a rule with two versions in force the one that counts is changed; the other gives way where it would have the
    /// same mode, or the rule is evaluated no more.
    /// </summary>
    /// <exception cref="InvalidDataException">See <see cref="FaultOn"/>.</exception>
    public RuleSet Apply(RuleSet before)
    {
        if (IsNone)
            return before;
        var rules = before.Rules.ToList();
        foreach (var change in Rules)
        {
            if (change.IsNone)
                continue;
            var now = rules.Find(rule => rule.Rule.Name == change.Rule.Name && rule.Mode == RuleMode.Published) ?? rules.Find(rule => rule.Rule.Name == change.Rule.Name)
                ?? new ActiveRule(change.Rule, 1, change.Rule.DefaultMode, FraudRules.Defaults(change.Rule));
            var parameters = now.Parameters.ToArray();
            foreach (var (place, value) in change.Parameters)
                parameters[place] = value;
            var changed = now with { Mode = change.Mode ?? now.Mode, Parameters = parameters };
            var isEvaluated = changed.Mode is RuleMode.Shadow or RuleMode.Published;
            rules.RemoveAll(rule => rule.Rule.Name == change.Rule.Name && (rule.Version == now.Version || rule.Mode == changed.Mode || !isEvaluated));
            if (isEvaluated)
                rules.Add(changed);
        }

        var after = before with
        {
            Rules = [.. rules.OrderBy(static rule => rule.Rule.Name, StringComparer.Ordinal).ThenBy(static rule => rule.Version)],
            ReviewAt = ReviewAt ?? before.ReviewAt,
            DeclineAt = DeclineAt ?? before.DeclineAt,
        };
        return FaultOn(before) is { } fault ? throw new InvalidDataException(fault) : after;
    }
}

/// <summary>One rule's change.</summary>
/// <param name="Mode">Null leaves it as it is. One that is neither in shadow nor published is not evaluated.</param>
/// <param name="Parameters">New values, by the parameter's place in the rule.</param>
public sealed record RuleChange(IFraudRule Rule, RuleMode? Mode, IReadOnlyList<(int Place, long Value)> Parameters)
{
    /// <summary>Named, and left as it is: what it stops is asked for.</summary>
    public bool IsNone => Mode is null && Parameters.Count == 0;
}
