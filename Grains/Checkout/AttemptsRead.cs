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

    /// <summary>What a charge tells of its card.</summary>
    /// <param name="judged">The stored decision; null where there is none.</param>
    public static TryOutcome OutcomeOf(Charge charge, byte[]? judged) => charge.Paid ? TryOutcome.Accepted : Declined(judged);

    /// <summary>What a check tells of its card: one that it passed is no payment.</summary>
    public static TryOutcome OutcomeOfCheck(bool isDeclined, byte[]? judged) => isDeclined ? Declined(judged) : TryOutcome.Neither;

    // A published test card is declined because it is that card; what was never judged may have been one.
    private static TryOutcome Declined(byte[]? judged) =>
        judged is null || CardRisk.IsOfTestCard(RiskDecisionCodec.Decode(judged)) ? TryOutcome.Neither : TryOutcome.Declined;
}
