using Grains.Interfaces.Fraud.Backtest;

namespace Grains.Fraud.Backtest;

/// <summary>What is replayed, and by what.</summary>
/// <param name="FromMs">Inclusive, in milliseconds since 1970.</param>
/// <param name="ToMs">Exclusive.</param>
/// <param name="RulesOf">The rule set of a version; null where it is not known.</param>
/// <param name="ModelOf">The model of a version; null where it is not loaded: what it found is taken as recorded then.</param>
/// <param name="Changes">What is tried out.</param>
public sealed record BacktestPlan(long FromMs, long ToMs, Func<int, RuleSet?> RulesOf, Func<string, IRiskModel?> ModelOf, RuleChanges Changes)
{
    /// <summary>How many of the newest rows of each shard's log are read; <see cref="long.MaxValue"/> for all.</summary>
    public long NewestRows { get; init; } = long.MaxValue;

    /// <summary>By these rules and this model alone.</summary>
    public static BacktestPlan Of(RuleSet rules, IRiskModel? model, RuleChanges? changes = null, BacktestRange? range = null) => new(
        range?.From?.ToUnixTimeMilliseconds() ?? long.MinValue,
        range?.To?.ToUnixTimeMilliseconds() ?? long.MaxValue,
        version => version == rules.Version ? rules : null,
        version => version == model?.Version ? model : null,
        changes ?? RuleChanges.None)
    {
        NewestRows = range?.Newest ?? long.MaxValue,
    };

    public bool Holds(long timeMs) => timeMs >= FromMs && timeMs < ToMs;
}
