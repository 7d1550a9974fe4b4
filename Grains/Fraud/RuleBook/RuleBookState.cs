using System.Collections.Immutable;
using Grains.Interfaces.Fraud;
using Ledger;

namespace Grains.Fraud.RuleBook;

/// <summary>All that the rule book says, as it was committed: immutable, a change makes another.</summary>
internal sealed record RuleBookState
{
    public static RuleBookState Delivered { get; } = new();

    /// <summary>The account that the changes are recorded under; null before the first.</summary>
    public AccountRecord? Owner { get; init; }

    /// <summary>The owner's, on which the next change is decided.</summary>
    public long LedgerVersion { get; init; }

    /// <summary>Versions that were ever written or changed, by rule, oldest first.</summary>
    public ImmutableDictionary<string, ImmutableSortedDictionary<int, (RuleVersion Version, long Number)>> Stored { get; init; } =
        ImmutableDictionary<string, ImmutableSortedDictionary<int, (RuleVersion, long)>>.Empty;

    /// <summary>The set in force; null for the one that the product is delivered with.</summary>
    public FraudRuleSet? Set { get; init; }

    /// <summary>Entries that were not taken off, by number.</summary>
    public ImmutableSortedDictionary<long, ListedEntry> Entries { get; init; } = ImmutableSortedDictionary<long, ListedEntry>.Empty;

    /// <summary>Null where no model was ever chosen.</summary>
    public ModelInForce? Model { get; init; }

    /// <summary>Its document's; 0 where there is none.</summary>
    public long ModelNumber { get; init; }

    public FraudRuleSet SetInForce => Set ?? RuleSets.Delivered();

    /// <summary>A rule's versions, the oldest first: at least the product's own.</summary>
    public IReadOnlyList<RuleVersion> Versions(IFraudRule rule)
    {
        if (!Stored.TryGetValue(rule.Name, out var stored))
            return [Own(rule)];
        return stored.ContainsKey(1) ? [.. stored.Values.Select(static each => each.Version)] : [Own(rule), .. stored.Values.Select(static each => each.Version)];
    }

    /// <summary>How often a rule was changed.</summary>
    public int Revision(string rule) => Stored.TryGetValue(rule, out var stored) ? stored.Values.Max(static each => each.Version.Revision) : 0;

    /// <summary>Null where the version was never written.</summary>
    public long? NumberOf(RuleVersion version) =>
        Stored.TryGetValue(version.Rule, out var stored) && stored.TryGetValue(version.Version, out var known) ? known.Number : null;

    public RuleBookState With(RuleVersion version, long number)
    {
        var stored = Stored.GetValueOrDefault(version.Rule) ?? ImmutableSortedDictionary<int, (RuleVersion, long)>.Empty;
        return this with { Stored = Stored.SetItem(version.Rule, stored.SetItem(version.Version, (version, number))) };
    }

    public RuleBookState With(ListedEntry entry, long number) =>
        this with { Entries = entry.RemovedAt is null ? Entries.SetItem(number, entry) : Entries.Remove(number) };

    // What the set in force has of it, or else what this release brings: a rule that a set does not know waits to be published.
    private RuleVersion Own(IFraudRule rule)
    {
        if (rule is ScoreThresholds)
            return ScoreThresholds.Own(SetInForce);
        if (Set is null)
            return RuleSets.Own(rule, rule.DefaultMode);
        return Set.Rules.FirstOrDefault(each => each.Rule == rule.Name && each.Version == 1) is { } inForce
            ? RuleSets.Own(rule, inForce.Mode) with { Parameters = inForce.Parameters, Conditions = inForce.Conditions, Rollout = inForce.Rollout }
            : RuleSets.Own(rule, rule.DefaultMode == RuleMode.Retired ? RuleMode.Retired : RuleMode.Validated);
    }
}
