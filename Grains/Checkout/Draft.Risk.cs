using Grains.Fraud.Cards;
using Grains.Fraud.Features;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;

namespace Grains.Checkout;

/// <summary>Card attempts are judged in the deciding step, and counted in memory when the entry is queued, as velocity is.</summary>
internal sealed partial class Draft
{
    private List<Action<MerchantAttempts>>? tried;

    /// <summary>The fraud decision of an attempt that is about to begin; null where risk is not judged.</summary>
    /// <param name="method">The payment method's document.</param>
    public RiskDecision? Judge(Attempt attempt, CheckoutDocument method, string? customer)
    {
        if (book.Attempts is not { } attempts || tools.Risk is not { } risk)
            return null;
        var (card, record) = ((PaymentMethod)method.Public, (PaymentMethodRecord)method.Private!);
        var isTestCard = tools.Cards.IsTestCard(record.CardReference);
        var parties = new ListedParties(null, Merchant, card.Card.Fingerprint, null, attempt.ClientIp);
        return risk.Decide(attempts, new CardPayment(Try(risk, attempt, card, customer), Books.CurrencyOf(attempt.Currency), card.Card.Country, card.BillingDetails.Address.Country, isTestCard, parties));
    }

    /// <summary>A payment's attempt begins: velocity and risk count it.</summary>
    public void BeginCounting(Attempt attempt, PaymentMethod card, string? customer)
    {
        BeginCharging(attempt, card, customer);
        BeginTrying(attempt, card, customer);
    }

    /// <summary>A payment goes on with another attempt, after its challenge: it counts once.</summary>
    public void ContinueCounting(string before, Attempt attempt)
    {
        ContinueCharging(before, attempt);
        ContinueTrying(before, attempt);
    }

    /// <summary>The acquirer answered a payment's attempt.</summary>
    public void EndCounting(Attempt attempt, Charge charge, byte[]? judged)
    {
        EndCharging(attempt, charge);
        if (tools.Risk is { } risk)
            End(attempt.Key, AttemptsRead.Of(risk, charge, attempt.ClientIp), AttemptsRead.OutcomeOf(charge, judged));
    }

    /// <summary>A payment's attempt was declined here, and never sent.</summary>
    public void BlockCounting(Attempt attempt, Charge charge)
    {
        if (tools.Risk is { } risk)
            Block(AttemptsRead.Of(risk, charge, attempt.ClientIp));
    }

    /// <summary>A payment's attempt, or a check's, begins: risk counts it.</summary>
    public void BeginTrying(Attempt attempt, PaymentMethod card, string? customer)
    {
        if (tools.Risk is { } risk)
            Begin(attempt.Key, Try(risk, attempt, card, customer));
    }

    public void ContinueTrying(string before, Attempt attempt)
    {
        if (tools.Risk is not null)
            Continue(before, attempt.Key);
    }

    /// <summary>The acquirer answered a check.</summary>
    /// <param name="method">The payment method's id.</param>
    public void EndTrying(Attempt attempt, string method, string? customer, byte[]? judged, bool isDeclined)
    {
        if (tools.Risk is { } risk)
            End(attempt.Key, Try(risk, attempt, (PaymentMethod)Get(DocumentKind.PaymentMethod, method).Public, customer), AttemptsRead.OutcomeOfCheck(isDeclined, judged));
    }

    /// <summary>A check was declined here, and never sent.</summary>
    public void BlockTrying(Attempt attempt, PaymentMethod card, string? customer)
    {
        if (tools.Risk is { } risk)
            Block(Try(risk, attempt, card, customer));
    }

    private void ApplyTried()
    {
        if (tried is null || book.Attempts is not { } attempts)
            return;
        foreach (var change in tried)
            change(attempts);
    }

    private CardTry Try(CardRisk risk, Attempt attempt, PaymentMethod card, string? customer)
    {
        var amount = WireCurrency.ToLedger(attempt.Amount, Books.CurrencyOf(attempt.Currency));
        return new CardTry(risk.OfCard(card.Card.Fingerprint), risk.OfCustomer(customer), risk.OfAddress(attempt.ClientIp), amount, nowMs);
    }

    // Apart from who calls them: what they keep hold of costs nothing where risk is not judged.
    private void Begin(string name, CardTry attempt) => (tried ??= []).Add(attempts => attempts.Begin(name, attempt));

    private void Continue(string before, string name) => (tried ??= []).Add(attempts => attempts.Continue(before, name));

    private void End(string name, CardTry attempt, TryOutcome outcome) => (tried ??= []).Add(attempts => attempts.End(name, attempt, outcome));

    private void Block(CardTry attempt) => (tried ??= []).Add(attempts => attempts.Block(attempt));
}
