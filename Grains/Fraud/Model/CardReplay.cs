using Grains.Fraud.Features;
using Grains.Fraud.Model.Training;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;

namespace Grains.Fraud.Model;

/// <summary>
/// Card payments decided again in the order of time, each on what was known before it: the card is the payer, the merchant the
/// counterparty, the merchant's place the place. Every payment was accepted, fraud too: what came of it was not known then. Features of
/// a device, an address, declines and the merchant's own attempts are not in such a history and stay missing.
/// </summary>
public static class CardReplay
{
    /// <summary>Each payment with its features. The vector is the caller's.</summary>
    /// <param name="payments">In the order of time.</param>
    public static IEnumerable<(LabelledCardPayment Payment, FeatureVector Features)> Features(IReadOnlyList<LabelledCardPayment> payments)
    {
        var histories = new Dictionary<string, PayerHistory>();
        // Only whether two are the same matters, so a number does for a hash.
        var merchants = new Dictionary<string, long>();
        var id = 0L;
        foreach (var payment in payments)
        {
            if (!histories.TryGetValue(payment.Card, out var history))
                histories[payment.Card] = history = new PayerHistory();
            if (!merchants.TryGetValue(payment.Merchant, out var merchant))
                merchants[payment.Merchant] = merchant = merchants.Count + 1;
            var features = new FeatureVector();
            history.Fill(features, new PayerAttempt(payment.Amount, Currency.Usd, merchant, payment.Place, 0), payment.TimeMs);
            yield return (payment, features);
            history.Accept(new PayerItem(++id, payment.TimeMs, payment.Amount, merchant, payment.Place, 0));
        }
    }

    /// <summary>The payments as rows to learn from, with every feature as a column.</summary>
    /// <param name="labelDelay">How long after a payment it is known what it was.</param>
    public static TrainingTable Table(IReadOnlyList<LabelledCardPayment> payments, TimeSpan labelDelay)
    {
        var table = new TrainingTable(FeatureNames.All);
        var delayMs = (long)labelDelay.TotalMilliseconds;
        foreach (var (payment, features) in Features(payments))
            table.Add(features.Values, payment.IsFraud, payment.TimeMs, payment.TimeMs + delayMs);
        return table;
    }
}
