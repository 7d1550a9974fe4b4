using Grains.Interfaces.Fraud;
using Grains.Interfaces.Fraud.Backtest;

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
    private readonly SortedDictionary<(RiskOutcome From, RiskOutcome To), PaymentCount> outcomes = [];
    private readonly IReadOnlyList<OverlapCount> overlaps = [.. plan.Changes.Rules.Select(static change => new OverlapCount(change.Rule.Name))];
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
        foreach (var overlap in overlaps)
            overlap.Add(again, replay.RulesOf(again.RuleSetVersion)!, payment.Amount);
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
        Newest = plan.NewestRows == long.MaxValue ? null : plan.NewestRows,
        IsUnchanged = plan.Changes.IsNone,
        Payments = payments,
        Decisions = decisions,
        Equal = equal,
        Restated = restated,
        Changed = decisions - equal - restated,
        NotReplayed = notReplayed,
        ModelAsRecorded = modelAsRecorded,
        Outcomes = [.. outcomes.Select(static pair => new OutcomeChange(pair.Key.From, pair.Key.To, pair.Value.Payments, pair.Value.Amounts))],
        Before = before.Report(),
        After = after.Report(),
        Overlaps = [.. overlaps.Select(static overlap => overlap.Report())],
        Samples = samples.Report(),
    };

    private void Count(in JudgedPayment payment, RiskDecision recorded, RiskDecision again)
    {
        if (!outcomes.TryGetValue((recorded.Outcome, again.Outcome), out var sums))
            outcomes.Add((recorded.Outcome, again.Outcome), sums = new PaymentCount());
        sums.Add(payment.Amount);
        if (payment.Label is not { } label)
            return;
        before.Add(recorded.Outcome, label, payment.Amount);
        after.Add(again.Outcome, label, payment.Amount);
    }
}
