using Grains.Fraud;
using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;

namespace Grains.Tests.Fraud.Rules;

/// <summary>A payer whose payments come as a test tells them, in time or late, and what a rule as delivered says of the next one.</summary>
internal sealed class Payer
{
    public const long Now = 1_795_269_780_000;

    private readonly PayerHistory history = new();
    private long id;

    public Payer Paid(long agoMs, long amount = 1_000, long counterparty = 7, PlaceMicrodegrees? place = null, long device = 0)
    {
        history.Accept(new PayerItem(++id, Now - agoMs, amount, counterparty, place, device));
        return this;
    }

    public Payer WasRejected(long agoMs)
    {
        history.Reject(++id, Now - agoMs);
        return this;
    }

    public RuleFinding? Asks<TRule>(long amount = 1_000, long counterparty = 7, PlaceMicrodegrees? place = null, long device = 0, Action<FeatureVector>? also = null)
        where TRule : IFraudRule, new()
    {
        var vector = new FeatureVector();
        history.Fill(vector, new PayerAttempt(amount, Currency.Usd, counterparty, place, device), Now);
        also?.Invoke(vector);
        return GoldenList.Evaluate(new TRule(), vector, RiskFacts.None with { TravelFrom = history.LastPlace?.ToString(), TravelTo = place?.ToString() });
    }
}
