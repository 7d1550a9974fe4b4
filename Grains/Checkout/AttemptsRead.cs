using Grains.Fraud.Cards;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;

namespace Grains.Checkout;

/// <summary>Charges as the attempts that they were.</summary>
internal static class AttemptsRead
{
    public static CardTry Of(CardRisk risk, Charge charge, string? clientIp) => new(
        risk.OfCard(charge.PaymentMethodDetails.Card.Fingerprint),
        risk.OfCustomer(charge.Customer),
        risk.OfAddress(clientIp),
        WireCurrency.ToLedger(charge.Amount, Books.CurrencyOf(charge.Currency)),
        charge.Created * 1_000);

    /// <summary>What the acquirer's answer says. A published test card is declined because it is that card, and one that was never judged may be one.</summary>
    /// <param name="judged">The stored decision; null where there is none.</param>
    public static TryOutcome OutcomeOf(Charge charge, byte[]? judged)
    {
        if (charge.Paid)
            return TryOutcome.Accepted;
        return judged is null || CardRisk.IsOfTestCard(RiskDecisionCodec.Decode(judged)) ? TryOutcome.Neither : TryOutcome.Declined;
    }
}
