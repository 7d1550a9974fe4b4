using Grains.Acquirers;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Ledger;

namespace Grains.Checkout;

/// <summary>What an acquirer's answer to an authorization makes of an intent: a charge, money, a challenge or a decline.</summary>
internal static class AuthorizationOutcome
{
    /// <summary>How long an authorization lasts: seven days, as card networks have it for payments over the internet.</summary>
    private const long AuthorizationLastsMs = 7L * 24 * 3600 * 1000;

    public const string TooFastCode = "card_velocity_exceeded";

    /// <summary>Declined for its risk.</summary>
    public const string BlockedCode = "fraudulent";

    public static Decided Apply(Draft draft, CheckoutDocument document, Attempt attempt, AcquirerAnswer answer) => answer.Outcome switch
    {
        AcquirerOutcome.Approved when attempt.Final => Paid(draft, document, attempt, answer),
        AcquirerOutcome.Approved => Authorized(draft, document, attempt, answer),
        AcquirerOutcome.Declined => Declined(draft, document, attempt, answer),
        AcquirerOutcome.ChallengeRequired => Challenged(draft, document, attempt, answer),
    };

    /// <summary>Leaves the intent in need of another card, and says why.</summary>
    public static PaymentError Fail(Draft draft, CheckoutDocument document, string code, string? declineCode, string? charge)
    {
        var (intent, record) = IntentDecisions.Parts(document);
        var method = (PaymentMethod)draft.Get(DocumentKind.PaymentMethod, intent.PaymentMethod!).Public;
        var error = new PaymentError
        {
            AdviceCode = Declines.Advice(code, declineCode),
            Charge = charge,
            Code = code,
            DeclineCode = declineCode,
            DocUrl = WireError.DocUrl(code),
            Message = Declines.Message(code, declineCode),
            PaymentMethod = method,
            Type = code == "payment_intent_authentication_failure" ? "invalid_request_error" : "card_error",
        };
        var failed = intent with { Status = IntentStatus.RequiresPaymentMethod, PaymentMethod = null, NextAction = null, LastPaymentError = error, LatestCharge = charge ?? intent.LatestCharge };
        draft.Put(DocumentKind.PaymentIntent, document.Number, failed, record with { Attempt = null, Challenge = null, Risk = charge is null ? record.Risk : null, Sighting = 0 });
        draft.Emit("payment_intent.payment_failed", DocumentKind.PaymentIntent, document.Number);
        return error with { PaymentIntent = failed };
    }

    private static Decided Paid(Draft draft, CheckoutDocument document, Attempt attempt, AcquirerAnswer answer)
    {
        var (intent, record) = IntentDecisions.Parts(document);
        var currency = Books.CurrencyOf(intent.Currency);
        var (number, charge) = NewCharge(draft, intent, attempt, answer, record.Risk);
        draft.EndCounting(attempt, charge, record);
        var fee = Fee.OfCapture(attempt.Amount, currency);
        draft.Move(EventType.CardCaptured, TransferKind.Posted, Books.Receivable(currency), draft.BalanceAccount(currency), attempt.Amount, currency, charge.Id);
        Books.TakeFee(draft, fee, currency, charge.Id);
        var transaction = Books.Note(draft, "charge", "charge", charge.Id, attempt.Amount, fee, currency, intent.Description, answer.AvailableAtOnce);
        var (review, reviewId) = ReviewDecisions.Name(draft, charge);
        charge = charge with { AmountCaptured = attempt.Amount, Captured = true, BalanceTransaction = transaction, Review = reviewId };
        var chargeRecord = new ChargeRecord(attempt.Acquirer, answer.Reference, 0, attempt.ClientIp, Risk: record.Risk);
        draft.Put(DocumentKind.Charge, number, charge, chargeRecord);
        draft.Emit("charge.succeeded", DocumentKind.Charge, number);
        AfterUse(draft, intent, attempt);
        draft.Put(
            DocumentKind.PaymentIntent,
            document.Number,
            intent with { Status = IntentStatus.Succeeded, AmountReceived = attempt.Amount, LatestCharge = charge.Id, Review = reviewId },
            record with { Attempt = null, Risk = null, Sighting = 0, Rows = 1 });
        draft.Emit("payment_intent.succeeded", DocumentKind.PaymentIntent, document.Number);
        SessionDecisions.Complete(draft, record.Session, isCaptured: true);
        ReviewDecisions.Open(draft, review, charge, chargeRecord);
        if (answer.DisputeReason is { } reason)
            DisputeDecisions.Open(draft, number, reason);
        return Decided.Shows(DocumentKind.PaymentIntent, document.Number);
    }

    private static Decided Authorized(Draft draft, CheckoutDocument document, Attempt attempt, AcquirerAnswer answer)
    {
        var (intent, record) = IntentDecisions.Parts(document);
        var currency = Books.CurrencyOf(intent.Currency);
        var (number, charge) = NewCharge(draft, intent, attempt, answer, record.Risk);
        draft.EndCounting(attempt, charge, record);
        var captureBefore = draft.NowMs + AuthorizationLastsMs;
        var hold = draft.Move(EventType.CardAuthorized, TransferKind.Hold, Books.Receivable(currency), draft.BalanceAccount(currency), attempt.Amount, currency, charge.Id, expiresAtMs: captureBefore);
        var options = intent.PaymentMethodOptions.Card;
        var card = charge.PaymentMethodDetails.Card with
        {
            AmountAuthorized = attempt.Amount,
            CaptureBefore = captureBefore / 1_000,
            IncrementalAuthorization = new CardFeature(options.RequestIncrementalAuthorization == "if_available" && answer.IsFlexible ? "available" : "unavailable"),
            Multicapture = new CardFeature(options.RequestMulticapture == "if_available" && answer.IsFlexible ? "available" : "unavailable"),
            Overcapture = new Overcapture(attempt.Amount),
        };
        var (review, reviewId) = ReviewDecisions.Name(draft, charge);
        charge = charge with { PaymentMethodDetails = new ChargeMethodDetails(card), Review = reviewId };
        var chargeRecord = new ChargeRecord(attempt.Acquirer, answer.Reference, 0, attempt.ClientIp, Risk: record.Risk);
        draft.Put(DocumentKind.Charge, number, charge, chargeRecord);
        draft.Emit("charge.succeeded", DocumentKind.Charge, number);
        AfterUse(draft, intent, attempt);
        draft.Put(
            DocumentKind.PaymentIntent,
            document.Number,
            intent with { Status = IntentStatus.RequiresCapture, AmountCapturable = attempt.Amount, LatestCharge = charge.Id, Review = reviewId },
            record with { Attempt = null, Risk = null, Sighting = 0, Hold = hold, Held = attempt.Amount, Captured = 0, CaptureBeforeMs = captureBefore, Rows = 1 });
        draft.Due(DueKind.Expire, document.Number, captureBefore);
        draft.Emit("payment_intent.amount_capturable_updated", DocumentKind.PaymentIntent, document.Number);
        SessionDecisions.Complete(draft, record.Session, isCaptured: false);
        ReviewDecisions.Open(draft, review, charge, chargeRecord);
        return Decided.Shows(DocumentKind.PaymentIntent, document.Number);
    }

    /// <summary>Declined here, and no acquirer asked: charged too often, or too much.</summary>
    public static Decided TooFast(Draft draft, CheckoutDocument document, Attempt attempt) =>
        Declined(draft, document, attempt, new AcquirerAnswer(AcquirerOutcome.Declined) { Code = "card_declined", DeclineCode = TooFastCode, Blocked = true }, isOurs: true);

    /// <summary>Declined here for its risk, and no acquirer asked. Which rule spoke is for analysts alone.</summary>
    public static Decided Blocked(Draft draft, CheckoutDocument document, Attempt attempt, RiskDecision risk) =>
        Declined(draft, document, attempt, new AcquirerAnswer(AcquirerOutcome.Declined) { Code = "card_declined", DeclineCode = BlockedCode, Blocked = true, RiskLevel = "highest", RiskScore = Math.Max(risk.Score, ChargeOutcomes.HighestFrom) }, isOurs: true);

    private static Decided Declined(Draft draft, CheckoutDocument document, Attempt attempt, AcquirerAnswer answer, bool isOurs = false)
    {
        var (intent, record) = IntentDecisions.Parts(document);
        var (code, declineCode) = (answer.Code ?? "card_declined", answer.DeclineCode);
        var (number, charge) = NewCharge(draft, intent, attempt, answer, record.Risk);
        draft.Put(DocumentKind.Charge, number, charge, new ChargeRecord(attempt.Acquirer, null, 0, attempt.ClientIp, isOurs, record.Risk));
        if (isOurs)
            draft.BlockCounting(attempt, charge);
        else
            draft.EndCounting(attempt, charge, record);
        draft.Emit("charge.failed", DocumentKind.Charge, number);
        var error = Fail(draft, document, code, declineCode, charge.Id);
        return Decided.Answers(DocumentKind.PaymentIntent, document.Number, WireError.Card(attempt.Request, error));
    }

    private static Decided Challenged(Draft draft, CheckoutDocument document, Attempt attempt, AcquirerAnswer answer)
    {
        var (intent, record) = IntentDecisions.Parts(document);
        draft.RestTrying(attempt);
        if (attempt.ErrorOnRequiresAction)
            return Decided.Answers(DocumentKind.PaymentIntent, document.Number, WireError.Card(attempt.Request, Fail(draft, document, "authentication_required", "authentication_required", null)));
        draft.Put(
            DocumentKind.PaymentIntent,
            document.Number,
            intent with { Status = IntentStatus.RequiresAction, NextAction = Challenge(attempt, answer, record.ReturnUrl, intent.ClientSecret) },
            record with { Attempt = null, Challenge = answer.Challenge });
        draft.Emit("payment_intent.requires_action", DocumentKind.PaymentIntent, document.Number);
        return Decided.Shows(DocumentKind.PaymentIntent, document.Number);
    }

    /// <summary>Where the cardholder is to go, and back to.</summary>
    public static NextAction Challenge(Attempt attempt, AcquirerAnswer answer, string? returnUrl, string clientSecret)
    {
        var url = answer.ChallengeUrl ?? Attempts.ChallengeUrl(attempt, clientSecret);
        return returnUrl is null || attempt.UseSdk
            ? new NextAction { Type = "use_stripe_sdk", UseStripeSdk = new UseSdk("three_d_secure_redirect", url) }
            : new NextAction { Type = "redirect_to_url", RedirectToUrl = new RedirectToUrl(returnUrl, url) };
    }

    private static void AfterUse(Draft draft, PaymentIntent intent, Attempt attempt) =>
        MethodDecisions.AfterUse(draft, intent.PaymentMethod!, intent.Customer, save: intent.SetupFutureUsage is not null, authenticated: attempt.Authenticated && intent.SetupFutureUsage == "off_session");

    private static (long Number, Charge Charge) NewCharge(Draft draft, PaymentIntent intent, Attempt attempt, AcquirerAnswer answer, byte[]? judged)
    {
        var method = (PaymentMethod)draft.Get(DocumentKind.PaymentMethod, intent.PaymentMethod!).Public;
        var number = draft.NewNumber();
        var approved = answer.Outcome == AcquirerOutcome.Approved;
        var (code, declineCode) = (answer.Code, answer.DeclineCode);
        var charge = new Charge
        {
            Id = draft.IdOf(DocumentKind.Charge, number),
            Amount = attempt.Amount,
            BillingDetails = method.BillingDetails,
            CalculatedStatementDescriptor = intent.StatementDescriptor ?? "PAYMENTS SANDBOX",
            Created = draft.Now,
            Currency = intent.Currency,
            Customer = intent.Customer,
            Description = intent.Description,
            FailureCode = approved ? null : code,
            FailureMessage = approved ? null : Declines.Message(code ?? "card_declined", declineCode),
            Metadata = intent.Metadata,
            Outcome = ChargeOutcomes.Of(answer, judged),
            Paid = approved,
            PaymentIntent = intent.Id,
            PaymentMethod = method.Id,
            PaymentMethodDetails = new ChargeMethodDetails(ChargedCard(method.Card, attempt, answer)),
            ReceiptEmail = intent.ReceiptEmail,
            Shipping = intent.Shipping,
            StatementDescriptor = intent.StatementDescriptor,
            StatementDescriptorSuffix = intent.StatementDescriptorSuffix,
            Status = approved ? "succeeded" : "failed",
        };
        return (number, charge);
    }

    private static ChargedCard ChargedCard(Card card, Attempt attempt, AcquirerAnswer answer) => new()
    {
        AmountAuthorized = answer.Outcome == AcquirerOutcome.Approved ? attempt.Amount : null,
        AuthorizationCode = answer.Reference is null ? null : answer.Reference[^6..],
        Brand = card.Brand,
        Checks = card.Checks,
        Country = card.Country,
        ExpMonth = card.ExpMonth,
        ExpYear = card.ExpYear,
        Fingerprint = card.Fingerprint,
        Funding = card.Funding,
        Last4 = card.Last4,
        NetworkTransactionId = answer.Reference,
        Overcapture = new Overcapture(attempt.Amount),
        ThreeDSecure = attempt.Authenticated ? new ThreeDSecure { Result = "authenticated", TransactionId = attempt.Key } : null,
    };
}
