using Grains.Fraud.Cards;
using Grains.Fraud.Features;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;

namespace Grains.Checkout;

/// <summary>Card attempts are judged in the deciding step, and counted in memory when the entry is queued, as velocity is.</summary>
internal sealed partial class Draft
{
    private List<Action<MerchantAttempts>>? tried;
    private List<(long Card, CardSighting Sighting)>? declinedCards;

    /// <summary>What was asked of others before this decision.</summary>
    public AskedRisk Asked { get; init; } = new();

    /// <summary>Whether an attempt that others may wait for is under way no longer.</summary>
    public bool EndsTries { get; private set; }

    /// <summary>The fraud decision of an attempt that is about to begin, and by what the card's entity knows it; null where risk is not judged.</summary>
    /// <param name="method">The payment method's document.</param>
    /// <exception cref="NotAskedYetException">Others are to be asked, or waited for, first.</exception>
    public (RiskDecision Risk, long Sighting)? Judge(Attempt attempt, CheckoutDocument method, string? customer)
    {
        if (book.Attempts is not { } attempts || tools.Risk is not { } risk)
            return null;
        var (card, record) = ((PaymentMethod)method.Public, (PaymentMethodRecord)method.Private!);
        var isTestCard = tools.Cards.IsTestCard(record.CardReference);
        var parties = new ListedParties(null, Merchant, card.Card.Fingerprint, null, attempt.ClientIp);
        var payment = new CardPayment(Try(risk, attempt, card, customer), Books.CurrencyOf(attempt.Currency), card.Card.Country, card.BillingDetails.Address.Country, isTestCard, parties);
        if (Asked.CardHash != payment.Try.Card)
            (Asked.Card, Asked.CardHash) = (null, payment.Try.Card);
        var around = isTestCard ? CardAround.None : Asked.Card ??= Ask(risk, payment.Try);
        var decision = risk.Decide(attempts, payment, around);
        if (decision.Outcome != RiskOutcome.Decline && !isTestCard && !Asked.IsDoneWaiting && risk.MayStop(attempts, payment, around))
            throw new NotAskedYetException(0, null);
        return (decision, around.Sighting);
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
    public void EndCounting(Attempt attempt, Charge charge, IntentRecord judged)
    {
        EndCharging(attempt, charge);
        if (tools.Risk is { } risk)
            End(risk, attempt.Key, AttemptsRead.Of(risk, charge, attempt.ClientIp), AttemptsRead.OutcomeOf(charge, judged.Risk), judged.Sighting);
    }

    /// <summary>The cardholder is asked first: nobody waits for this attempt meanwhile.</summary>
    public void RestTrying(Attempt attempt)
    {
        if (tools.Risk is not null)
            Rest(attempt.Key);
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
    public void EndTrying(Attempt attempt, string method, string? customer, SetupRecord judged, bool isDeclined)
    {
        if (tools.Risk is { } risk)
            End(risk, attempt.Key, Try(risk, attempt, (PaymentMethod)Get(DocumentKind.PaymentMethod, method).Public, customer), AttemptsRead.OutcomeOfCheck(isDeclined, judged.Risk), judged.Sighting);
    }

    /// <summary>A check was declined here, and never sent.</summary>
    public void BlockTrying(Attempt attempt, PaymentMethod card, string? customer)
    {
        if (tools.Risk is { } risk)
            Block(Try(risk, attempt, card, customer));
    }

    /// <summary>Tells cards of attempts that were declined. Called once that is durable.</summary>
    public void TellCards()
    {
        foreach (var (card, sighting) in declinedCards ?? [])
            tools.Risk!.Entities!.Decline(card, sighting);
    }

    // An answer that is there at once needs no other start.
    private CardAround Ask(CardRisk risk, in CardTry attempt)
    {
        if (risk.Entities is not { } entities)
            return CardAround.None;
        var sighting = new CardSighting(NewNumber(), risk.OfMerchant(Merchant), attempt.Amount, attempt.TimeMs);
        var asked = entities.See(attempt.Card, sighting);
        return asked.IsCompletedSuccessfully ? new CardAround(sighting.Attempt, asked.Result) : throw new NotAskedYetException(sighting.Attempt, asked);
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

    private void Rest(string name)
    {
        (tried ??= []).Add(attempts => attempts.Rest(name));
        EndsTries = true;
    }

    private void End(CardRisk risk, string name, CardTry attempt, TryOutcome outcome, long sighting)
    {
        (tried ??= []).Add(attempts => attempts.End(name, attempt, outcome));
        EndsTries = true;
        if (outcome == TryOutcome.Declined && sighting != 0 && risk.Entities is not null)
            (declinedCards ??= []).Add((attempt.Card, new CardSighting(sighting, risk.OfMerchant(Merchant), attempt.Amount, attempt.TimeMs)));
    }

    private void Block(CardTry attempt) => (tried ??= []).Add(attempts => attempts.Block(attempt));
}
