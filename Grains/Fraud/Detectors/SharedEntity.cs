using Grains.Fraud.Features;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;

namespace Grains.Fraud.Detectors;

/// <summary>Payments of many accounts from one device, or one address: attempts, whatever came of them.</summary>
/// <param name="kind">What it is called outside: device, address.</param>
internal sealed class SharedEntity(string kind, long windowMs, long minAccounts)
{
    private readonly KeyedWindows<Attempt> attempts = new(windowMs);
    private readonly HashSet<long> accounts = [];

    /// <param name="entity">The device's or address's hash; 0 for none.</param>
    public DetectorFinding? See(SeenPayment payment, long entity)
    {
        if (!payment.IsAttempt || entity == 0)
            return null;
        var seen = attempts.Add(entity, new Attempt(payment.Row, payment.TimeMs, payment.Debtor, payment.Amount, payment.Currency, payment.Reference));
        if (seen.Count < minAccounts)
            return null;
        accounts.Clear();
        long sum = 0;
        for (var i = 0; i < seen.Count; i++)
        {
            accounts.Add(seen[i].Debtor);
            // Of the currency of the one that completes it.
            if (seen[i].Currency == payment.Currency)
                sum = checked(sum + seen[i].Amount);
        }

        if (accounts.Count < minAccounts)
            return null;
        var references = new List<SeenReference>(seen.Count);
        for (var i = 0; i < seen.Count; i++)
            references.Add(seen[i].Reference);
        var span = Wording.Duration(Math.Max(seen[seen.Count - 1].TimeMs - seen[0].TimeMs, 1));
        var text = $"One {kind} asked for {Wording.Number(seen.Count)} payments from {accounts.Count} accounts within {span}, {Wording.Amount(sum, payment.Currency)} in all, limit {minAccounts - 1} accounts in {Wording.Duration(windowMs)}.";
        return new DetectorFinding(
            $"{kind}:{entity:x16}", accounts.Count >= 2 * minAccounts ? AlertSeverity.High : AlertSeverity.Medium, text, [.. accounts], [.. accounts], references, sum, payment.Currency);
    }

    private readonly record struct Attempt(long Id, long TimeMs, long Debtor, long Amount, Currency Currency, SeenReference Reference) : ITimed;
}
