namespace Grains.Fraud.Backtest;

/// <summary>What is replayed, and by what.</summary>
/// <param name="FromMs">Inclusive, in milliseconds since 1970.</param>
/// <param name="ToMs">Exclusive.</param>
/// <param name="RulesOf">The rule set of a version; null where it is not known.</param>
/// <param name="ModelOf">The model of a version; null where it is not loaded: what it found is taken as recorded then.</param>
/// <param name="Changes">What is tried out.</param>
public sealed record BacktestPlan(long FromMs, long ToMs, Func<int, RuleSet?> RulesOf, Func<string, IRiskModel?> ModelOf, RuleChanges Changes)
{
    /// <summary>Everything, by these rules and this model alone.</summary>
    public static BacktestPlan Of(RuleSet rules, IRiskModel? model, RuleChanges? changes = null, DateTimeOffset? from = null, DateTimeOffset? to = null) => new(
        from?.ToUnixTimeMilliseconds() ?? long.MinValue,
        to?.ToUnixTimeMilliseconds() ?? long.MaxValue,
        version => version == rules.Version ? rules : null,
        version => version == model?.Version ? model : null,
        changes ?? RuleChanges.None);

    public bool Holds(long timeMs) => timeMs >= FromMs && timeMs < ToMs;
}
