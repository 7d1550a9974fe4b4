using Grains.Interfaces.Fraud;
using Grains.Interfaces.Fraud.Backtest;
using Grains.Interfaces.Values;

namespace Grains.Fraud.Backtest;

/// <summary>
/// Recorded decisions against a set of rules: each is made again on what was recorded with it, and held against the record. Pure, and
/// bounded in memory, however many there are: only sums and some samples stay. The same decisions in the same order give the same report.
/// </summary>
public sealed class BacktestTally(BacktestPlan plan)
{
    private readonly Replay replay = new(plan);
    private readonly SampleList samples = new();
    private readonly QualityCount before = new();
    private readonly QualityCount after = new();
    private readonly SortedDictionary<(RiskOutcome From, RiskOutcome To), OutcomeSums> outcomes = [];
    private long payments;
    private long decisions;
    private long equal;
    private long restated;
    private long notReplayed;
    private long modelAsRecorded;

    /// <summary>A payment in the range that was never judged.</summary>
    public void AddUnjudged() => payments++;

    /// <param name="bytes">The decision as it was recorded.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public void Add(in JudgedPayment payment, ReadOnlySpan<byte> bytes)
    {
        payments++;
        var recorded = RiskDecisionCodec.Decode(bytes);
        if (!RiskDecisionCodec.HasFacts(bytes) || replay.Again(recorded, out var modelTaken) is not { } again)
        {
            notReplayed++;
            return;
        }

        decisions++;
        modelAsRecorded += modelTaken ? 1 : 0;
        Count(payment, recorded, again);
        if (bytes.SequenceEqual(RiskDecisionCodec.Encode(again)))
        {
            equal++;
            return;
        }

        if (recorded.Outcome == again.Outcome)
            restated++;
        samples.Add(payment, recorded, again);
    }

    public BacktestReport Report() => new()
    {
        From = plan.FromMs == long.MinValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(plan.FromMs),
        To = plan.ToMs == long.MaxValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(plan.ToMs),
        IsUnchanged = plan.Changes.IsNone,
        Payments = payments,
        Decisions = decisions,
        Equal = equal,
        Restated = restated,
        Changed = decisions - equal - restated,
        NotReplayed = notReplayed,
        ModelAsRecorded = modelAsRecorded,
        Outcomes = [.. outcomes.Select(static pair => new OutcomeChange(pair.Key.From, pair.Key.To, pair.Value.Payments, pair.Value.Amounts()))],
        Before = before.Report(),
        After = after.Report(),
        Samples = samples.Report(),
    };

    private void Count(in JudgedPayment payment, RiskDecision recorded, RiskDecision again)
    {
        if (!outcomes.TryGetValue((recorded.Outcome, again.Outcome), out var sums))
            outcomes.Add((recorded.Outcome, again.Outcome), sums = new OutcomeSums());
        sums.Add(payment.Amount);
        if (payment.Label is not { } label)
            return;
        before.Add(recorded.Outcome, label, payment.Amount);
        after.Add(again.Outcome, label, payment.Amount);
    }

    private sealed class OutcomeSums
    {
        private readonly SortedDictionary<string, (Currency Currency, Int128 Sum, long Payments)> money = new(StringComparer.Ordinal);

        public long Payments { get; private set; }

        public void Add(Money amount)
        {
            Payments++;
            var (_, sum, payments) = money.GetValueOrDefault(amount.Currency.Code);
            money[amount.Currency.Code] = (amount.Currency, sum + amount.MinorUnits, payments + 1);
        }

        public IReadOnlyList<CurrencyAmount> Amounts() => [.. money.Select(static pair => new CurrencyAmount(pair.Key, MoneyText.Of(pair.Value.Sum, pair.Value.Currency), pair.Value.Payments))];
    }
}
