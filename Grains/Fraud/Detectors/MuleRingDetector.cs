using Grains.Fraud.Features;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Detectors;

/// <summary>
/// Many payers credit one account within an hour, and within minutes it passes most of it on to few. A merchant has many payers and
/// pays many, or later; somebody who collects for a present passes on to one, but not from strangers at this pace.
/// </summary>
public sealed class MuleRingDetector(IReadOnlyList<long> parameters) : IDetector
{
    private readonly KeyedWindows<SeenMoney> incoming = new(WindowMs.Hour);
    private readonly KeyedWindows<SeenMoney> outgoing = new(WindowMs.Hour);
    private readonly HashSet<long> payers = [];
    private readonly HashSet<long> receivers = [];

    public static DetectorKind Kind { get; } = new(
        "mule_ring", "Many payers to one account within an hour, which passes most of it on to few within minutes",
        [
            new RuleParameter("min_payers", "payers", 5, 2, 200, "Distinct payers within an hour."),
            new RuleParameter("min_sum", "minor units", 100_000, 1, long.MaxValue, "What they paid in all."),
            new RuleParameter("min_percent", "%", 80, 1, 100, "The part of it that went on."),
            new RuleParameter("max_receivers", "accounts", 2, 1, 50, "To at most so many."),
            new RuleParameter("within_ms", "ms", 30 * WindowMs.Minute, WindowMs.Minute, WindowMs.Hour, "Each part at most so long after a credit."),
        ],
        static parameters => new MuleRingDetector(parameters));

    public DetectorFinding? See(SeenPayment payment)
    {
        if (!payment.IsPaid || payment.Debtor == payment.Creditor)
            return null;
        incoming.Add(payment.Creditor, new SeenMoney(payment.Row, payment.TimeMs, payment.Debtor, payment.Amount, payment.Reference));
        var paid = outgoing.Add(payment.Debtor, new SeenMoney(payment.Row, payment.TimeMs, payment.Creditor, payment.Amount, payment.Reference));
        if (incoming.Find(payment.Debtor) is { } came && Find(payment.Debtor, came, paid, payment) is { } finding)
            return finding;
        // A credit that is told late: of another shard, after what it paid for.
        return outgoing.Find(payment.Creditor) is { Count: > 0 } earlier && earlier[earlier.Count - 1].TimeMs > payment.TimeMs
            ? Find(payment.Creditor, incoming.Find(payment.Creditor)!, earlier, payment)
            : null;
    }

    private DetectorFinding? Find(long account, TimeOrdered<SeenMoney> came, TimeOrdered<SeenMoney> paid, SeenPayment last)
    {
        if (came.Count < parameters[0])
            return null;
        var now = paid[paid.Count - 1].TimeMs;
        var (firstIn, lastIn, sumIn) = (-1, -1, 0L);
        payers.Clear();
        for (var i = came.CountUpTo(now - WindowMs.Hour); i < came.Count && came[i].TimeMs <= now; i++)
        {
            firstIn = firstIn < 0 ? i : firstIn;
            lastIn = i;
            sumIn = checked(sumIn + came[i].Amount);
            payers.Add(came[i].Other);
        }

        if (payers.Count < parameters[0] || sumIn < parameters[1])
            return null;
        receivers.Clear();
        var (sumOut, longest, references) = (0L, 0L, new List<SeenReference>());
        for (var i = paid.CountUpTo(came[firstIn].TimeMs - 1); i < paid.Count; i++)
        {
            // The newest credit at or before it.
            var credit = came.CountUpTo(paid[i].TimeMs) - 1;
            var wait = paid[i].TimeMs - came[credit].TimeMs;
            if (wait > parameters[4])
                continue;
            sumOut = checked(sumOut + paid[i].Amount);
            longest = Math.Max(longest, wait);
            receivers.Add(paid[i].Other);
            references.Add(paid[i].Reference);
        }

        if (receivers.Count == 0 || receivers.Count > parameters[3] || (Int128)sumOut * 100 < (Int128)sumIn * parameters[2])
            return null;
        for (var i = lastIn; i >= firstIn; i--)
            references.Insert(0, came[i].Reference);
        var text = $"{payers.Count} payers credited one account {Wording.Amount(sumIn, last.Currency)} within {Wording.Duration(Math.Max(came[lastIn].TimeMs - came[firstIn].TimeMs, 1))}; "
            + $"{Wording.Amount(sumOut, last.Currency)} of it ({Wording.Number((long)((Int128)sumOut * 100 / sumIn))} %) went on to {receivers.Count} account{(receivers.Count == 1 ? "" : "s")}, each part at most {Wording.Duration(longest)} after a credit.";
        return new DetectorFinding($"account:{account}", AlertSeverity.High, text, [account, .. receivers, .. payers], [account], references, sumIn, last.Currency);
    }
}
