using Grains.Interfaces.Fraud;
using Grains.Interfaces.Fraud.Backtest;
using Grains.Interfaces.Values;

namespace Grains.Fraud.Backtest;

/// <summary>The decisions that differ most: those with another outcome first, then by money, then the oldest. Bounded.</summary>
internal sealed class SampleList
{
    public const int Capacity = 50;

    private readonly SortedSet<Candidate> kept = new(Comparer<Candidate>.Create(static (left, right) => left.CompareTo(right)));

    public void Add(JudgedPayment payment, RiskDecision before, RiskDecision after)
    {
        var candidate = new Candidate(before.Outcome != after.Outcome, Major(payment.Amount), payment, before, after);
        if (kept.Count == Capacity && candidate.CompareTo(kept.Min!) < 0)
            return;
        kept.Add(candidate);
        if (kept.Count > Capacity)
            kept.Remove(kept.Min!);
    }

    /// <summary>The most telling first.</summary>
    public IReadOnlyList<BacktestSample> Report() => [.. kept.Reverse().Select(static candidate => candidate.ToSample())];

    // Amounts of several currencies stand side by side here: by their major units, for want of rates.
    private static decimal Major(Money amount)
    {
        var scale = 1m;
        for (var digit = 0; digit < amount.Currency.MinorDigits; digit++)
            scale *= 10;
        return amount.MinorUnits / scale;
    }

    private sealed record Candidate(bool IsChanged, decimal Major, JudgedPayment Payment, RiskDecision Before, RiskDecision After)
    {
        public int CompareTo(Candidate other) => (IsChanged, Major, -Payment.Id.Number).CompareTo((other.IsChanged, other.Major, -other.Payment.Id.Number));

        public BacktestSample ToSample() => new(
            Payment.Id.ToString(), Payment.Debtor.Value, Payment.Amount.ToDecimalString(), Payment.Amount.Currency.Code,
            DateTimeOffset.FromUnixTimeMilliseconds(Before.DecidedAtMs), Payment.Label, Side(Before), Side(After));

        private static SampledDecision Side(RiskDecision decision) =>
            new(decision.Outcome, decision.Score, [.. decision.Reasons.Select(static reason => new SampledReason(reason.Rule, reason.Mode, reason.Points, reason.Text))]);
    }
}
