using Grains.Interfaces.Fraud;
using Grains.Interfaces.Fraud.Backtest;
using Grains.Interfaces.Values;

namespace Grains.Fraud.Backtest;

/// <summary>Counts what one rule stops, alone and with others.</summary>
internal sealed class OverlapCount(string rule)
{
    private const int MaxScore = 100;

    private readonly PaymentCount spoke = new();
    private readonly PaymentCount stopped = new();
    private readonly PaymentCount alone = new();
    private readonly PaymentCount needed = new();
    private readonly Dictionary<(string With, bool Counts), PaymentCount> shared = [];
    private bool counts;

    /// <param name="rules">Those that made the decision.</param>
    public void Add(RiskDecision decision, RuleSet rules, Money amount)
    {
        if (Own(decision) is not { Points: > 0 } own)
            return;
        spoke.Add(amount);
        counts |= Counts(own);
        var others = decision.Model is { IsPublished: true } model ? model.Points : 0;
        foreach (var reason in decision.Reasons)
            others += reason.Rule != rule && Counts(reason) ? reason.Points : 0;
        if (!IsStopped(rules, others + own.Points))
            return;
        stopped.Add(amount);
        if (!IsStopped(rules, others))
            needed.Add(amount);
        if (!Share(decision, amount))
            alone.Add(amount);
    }

    public RuleOverlap Report() => new(
        rule, counts, spoke.Report(), stopped.Report(), alone.Report(), needed.Report(),
        [.. shared.OrderByDescending(static pair => pair.Value.Payments).ThenBy(static pair => pair.Key.With, StringComparer.Ordinal).ThenByDescending(static pair => pair.Key.Counts)
            .Select(static pair => new SharedStop(pair.Key.With, pair.Key.Counts, pair.Value.Report()))]);

    private static bool Counts(RiskReason reason) => reason.Mode == RuleMode.Published;

    private static bool IsStopped(RuleSet rules, int sum) => rules.OutcomeOf(Math.Clamp(sum, 0, MaxScore)) != RiskOutcome.Approve;

    // Of two versions the one that counts, which stands first.
    private RiskReason? Own(RiskDecision decision)
    {
        foreach (var reason in decision.Reasons)
            if (reason.Rule == rule)
                return reason;
        return null;
    }

    // Whether anybody else whose points count added any.
    private bool Share(RiskDecision decision, Money amount)
    {
        var isShared = false;
        foreach (var reason in decision.Reasons)
        {
            if (reason.Rule == rule || reason.Points <= 0)
                continue;
            With(reason.Rule, Counts(reason), amount);
            isShared |= Counts(reason);
        }

        if (decision.Model is not { Points: > 0 } model)
            return isShared;
        With(SharedStop.Model, model.IsPublished, amount);
        return isShared || model.IsPublished;
    }

    private void With(string name, bool itCounts, Money amount)
    {
        if (!shared.TryGetValue((name, itCounts), out var both))
            shared.Add((name, itCounts), both = new PaymentCount());
        both.Add(amount);
    }
}
