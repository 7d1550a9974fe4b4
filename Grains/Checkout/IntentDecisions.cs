using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;

namespace Grains.Checkout;

/// <summary>Payment intents: created, changed, confirmed, canceled.</summary>
internal static class IntentDecisions
{
    private const string Name = "payment_intent";

    public static Decided Create(Draft draft, CreateIntent command)
    {
        var fields = command.Fields;
        var number = draft.NewNumber();
        var id = draft.IdOf(DocumentKind.PaymentIntent, number);
        var intent = new PaymentIntent
        {
            Id = id,
            Amount = fields.Amount!.Value,
            AutomaticPaymentMethods = fields.AutomaticPaymentMethods,
            CaptureMethod = fields.CaptureMethod ?? "automatic_async",
            ClientSecret = draft.Tools.Secrets.Client(id, number),
            ConfirmationMethod = fields.ConfirmationMethod ?? "automatic",
            Created = draft.Now,
            Currency = fields.Currency!,
            Status = IntentStatus.RequiresPaymentMethod,
        };
        if (Change(draft, intent, fields with { Amount = null, Currency = null }, out intent) is { } refusal)
            return refusal;
        draft.Put(DocumentKind.PaymentIntent, number, intent, new IntentRecord());
        draft.Emit("payment_intent.created", DocumentKind.PaymentIntent, number);
        return command.Confirm is null ? Decided.Shows(DocumentKind.PaymentIntent, number) : Confirm(draft, number, command.Confirm);
    }

    public static Decided Update(Draft draft, UpdateIntent command)
    {
        if (Find(draft, command.Id, out var document) is { } missing)
            return missing;
        var (before, record) = Parts(document!);
        if (record.Attempt is not null)
            return WireError.Locked(draft.Request);
        var moneyChanges = command.Fields.Amount is not null || command.Fields.Currency is not null || command.Fields.PaymentMethod is not null || command.Fields.PaymentMethodData is not null;
        if (before.Status is IntentStatus.Succeeded or IntentStatus.Canceled or IntentStatus.RequiresCapture && moneyChanges)
            return WireError.UnexpectedState(draft.Request, before, $"This PaymentIntent's amount could not be updated because it has a status of {before.Status}. You may only update the amount of a PaymentIntent with one of the following statuses: requires_payment_method, requires_confirmation, requires_action.");
        if (Change(draft, before, command.Fields, out var after) is { } refusal)
            return refusal;
        // Which of the two changed, the other one was there before.
        if ((after.Amount != before.Amount || after.Currency != before.Currency) && AmountRules.Refuse(draft.Request, after.Amount, Books.CurrencyOf(after.Currency)) is { } amountRefused)
            return amountRefused;
        // What the cardholder's bank was asked about, or is being asked about, was another payment.
        if (after.Amount != before.Amount || after.Currency != before.Currency || after.PaymentMethod != before.PaymentMethod)
        {
            record = record with { AuthenticatedMethod = null, PassedChallenge = null, Challenge = null };
            if (before.Status == IntentStatus.RequiresAction)
                after = after with { Status = IntentStatus.RequiresConfirmation, NextAction = null };
        }

        draft.Put(DocumentKind.PaymentIntent, document!.Number, after, record);
        return Decided.Shows(DocumentKind.PaymentIntent, document.Number);
    }

    public static Decided Confirm(Draft draft, ConfirmIntent command) =>
        Find(draft, command.Id, out var document) is { } missing ? missing : Confirm(draft, document!.Number, command.Fields);

    public static Decided Cancel(Draft draft, CancelIntent command)
    {
        if (Find(draft, command.Id, out var document) is { } missing)
            return missing;
        var (intent, record) = Parts(document!);
        if (record.Attempt is not null)
            return WireError.Locked(draft.Request);
        if (record.Session != 0 && intent.Status != IntentStatus.RequiresCapture)
            return WireError.UnexpectedState(draft.Request, intent, "You cannot cancel this PaymentIntent because it was created by a Checkout Session. Expire the Checkout Session instead.");
        switch (intent.Status)
        {
            case IntentStatus.RequiresCapture:
                return AuthorizationDecisions.Void(draft, document!, command.Reason, isExpiry: false);
            case IntentStatus.RequiresPaymentMethod or IntentStatus.RequiresConfirmation or IntentStatus.RequiresAction:
                Canceled(draft, document!, command.Reason);
                return Decided.Shows(DocumentKind.PaymentIntent, document!.Number);
            default:
                return WireError.UnexpectedState(draft.Request, intent, $"You cannot cancel this PaymentIntent because it has a status of {intent.Status}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing.");
        }
    }

    /// <summary>Ends an intent without money.</summary>
    public static void Canceled(Draft draft, CheckoutDocument document, string? reason)
    {
        var (intent, record) = Parts(document);
        draft.Put(
            DocumentKind.PaymentIntent,
            document.Number,
            intent with { Status = IntentStatus.Canceled, CanceledAt = draft.Now, CancellationReason = reason, NextAction = null, AmountCapturable = 0 },
            record with { Attempt = null, Challenge = null });
        draft.Emit("payment_intent.canceled", DocumentKind.PaymentIntent, document.Number);
    }

    /// <summary>Commits to a call of the acquirer.</summary>
    public static Decided Confirm(Draft draft, long number, ConfirmFields fields)
    {
        var document = draft.Find(DocumentKind.PaymentIntent, number)!;
        var (intent, record) = Parts(document);
        if (record.Attempt is not null)
            return WireError.Locked(draft.Request);
        if (fields.FromBrowser && intent.ConfirmationMethod == "manual")
            return WireError.Invalid(draft.Request, $"This PaymentIntent {intent.Id} cannot be confirmed using your publishable key because its `confirmation_method` is set to `manual`. Please use your secret key instead, or create a PaymentIntent with `confirmation_method` set to `automatic`.");
        if (intent.Status is not (IntentStatus.RequiresPaymentMethod or IntentStatus.RequiresConfirmation or IntentStatus.RequiresAction))
            return WireError.UnexpectedState(draft.Request, intent, $"You cannot confirm this PaymentIntent because it has already {(intent.Status == IntentStatus.Succeeded ? "succeeded after being previously confirmed" : $"reached a status of {intent.Status}")}.");
        if (intent.Status == IntentStatus.RequiresAction && fields.PaymentMethod is null && fields.PaymentMethodData is null && record.Challenge is not null)
            return Decided.Shows(DocumentKind.PaymentIntent, number);
        if (MethodDecisions.Resolve(draft, fields.PaymentMethod ?? (fields.PaymentMethodData is null ? intent.PaymentMethod : null), fields.PaymentMethodData, "payment_method", out var method) is { } missing)
            return missing;
        if (method is null)
            return WireError.UnexpectedState(draft.Request, intent, "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.");
        if (MethodDecisions.RefuseUse(draft, method, intent.Customer) is { } unusable)
            return unusable;
        var card = (PaymentMethodRecord)method.Private!;
        var options = Merge(intent.PaymentMethodOptions.Card, fields.CardOptions);
        intent = intent with
        {
            PaymentMethod = ((PaymentMethod)method.Public).Id,
            Status = IntentStatus.Processing,
            NextAction = null,
            LastPaymentError = null,
            CaptureMethod = fields.CaptureMethod ?? intent.CaptureMethod,
            SetupFutureUsage = fields.SetupFutureUsage ?? intent.SetupFutureUsage,
            ReceiptEmail = Text.After(fields.ReceiptEmail, intent.ReceiptEmail),
            Shipping = fields.Shipping ?? intent.Shipping,
            PaymentMethodOptions = new IntentMethodOptions { Card = options },
        };
        var attempt = Attempts.New(draft, intent.Id, record.Attempts, AcquirerOperation.Authorize, intent.Amount, intent.Currency, card.Acquirer) with
        {
            CardReference = card.CardReference,
            Final = !IsManual(intent),
            OffSession = fields.OffSession,
            Prepared = card.Authenticated,
            Authenticated = record.AuthenticatedMethod == ((PaymentMethod)method.Public).Id,
            Challenge = record.AuthenticatedMethod == ((PaymentMethod)method.Public).Id ? record.PassedChallenge : null,
            WantsChallenge = options.RequestThreeDSecure is "any" or "challenge",
            ErrorOnRequiresAction = fields.ErrorOnRequiresAction,
            UseSdk = fields.UseSdk,
            // Where the merchant's server has the last word after a challenge, it is the same cardholder still.
            ClientIp = fields.ClientIp ?? (record.AuthenticatedMethod == ((PaymentMethod)method.Public).Id ? record.ClientIp : null),
        };
        var before = Attempts.Last(intent.Id, record.Attempts);
        record = record with { ReturnUrl = fields.ReturnUrl ?? record.ReturnUrl, OffSession = fields.OffSession, ClientIp = attempt.ClientIp, Challenge = null, AuthenticatedMethod = null, PassedChallenge = null, Risk = attempt.Authenticated ? record.Risk : null, Sighting = attempt.Authenticated ? record.Sighting : 0 };
        // A payment whose challenge was passed was let through, and counted, before the challenge.
        if (!attempt.Authenticated && draft.IsTooFast(attempt, (PaymentMethod)method.Public, intent.Customer))
        {
            draft.Put(DocumentKind.PaymentIntent, number, intent, record with { Attempts = record.Attempts + 1 });
            return AuthorizationOutcome.TooFast(draft, draft.Find(DocumentKind.PaymentIntent, number)!, attempt);
        }

        if (!attempt.Authenticated && draft.Judge(attempt, method, intent.Customer) is var (risk, sighting))
        {
            record = record with { Risk = RiskDecisionCodec.Encode(risk), Sighting = sighting };
            if (risk.Outcome == RiskOutcome.Decline)
            {
                draft.Put(DocumentKind.PaymentIntent, number, intent, record with { Attempts = record.Attempts + 1 });
                return AuthorizationOutcome.Blocked(draft, draft.Find(DocumentKind.PaymentIntent, number)!, attempt, risk);
            }
        }

        if (attempt.Authenticated)
            draft.ContinueCounting(before, attempt);
        else
            draft.BeginCounting(attempt, (PaymentMethod)method.Public, intent.Customer);
        Attempts.Begin(draft, document.Number, intent, record, attempt);
        return Decided.WaitsFor(DocumentKind.PaymentIntent, number);
    }

    /// <summary>What the cardholder did at the challenge: passed, the payment is tried again; failed, it needs another card.</summary>
    public static Decided CompleteChallenge(Draft draft, CompleteChallenge command, CheckoutDocument document)
    {
        var (intent, record) = Parts(document);
        if (intent.Status != IntentStatus.RequiresAction || record.Challenge != command.Challenge)
            return Decided.Shows(DocumentKind.PaymentIntent, document.Number);
        if (!command.Passed)
        {
            AuthorizationOutcome.Fail(draft, document, "payment_intent_authentication_failure", null, charge: null);
            return Decided.Shows(DocumentKind.PaymentIntent, document.Number);
        }

        if (intent.ConfirmationMethod == "manual")
        {
            // The merchant's server has the last word.
            draft.Put(DocumentKind.PaymentIntent, document.Number, intent with { Status = IntentStatus.RequiresConfirmation, NextAction = null }, record with { Challenge = null, AuthenticatedMethod = intent.PaymentMethod, PassedChallenge = record.Challenge });
            return Decided.Shows(DocumentKind.PaymentIntent, document.Number);
        }

        var card = (PaymentMethodRecord)draft.Get(DocumentKind.PaymentMethod, intent.PaymentMethod!).Private!;
        var attempt = Attempts.New(draft, intent.Id, record.Attempts, AcquirerOperation.Authorize, intent.Amount, intent.Currency, card.Acquirer) with
        {
            CardReference = card.CardReference,
            Final = !IsManual(intent),
            Authenticated = true,
            Challenge = record.Challenge,
            Prepared = card.Authenticated,
            ClientIp = record.ClientIp,
        };
        draft.ContinueCounting(Attempts.Last(intent.Id, record.Attempts), attempt);
        Attempts.Begin(draft, document.Number, intent with { Status = IntentStatus.Processing, NextAction = null }, record with { Challenge = null }, attempt);
        return Decided.WaitsFor(DocumentKind.PaymentIntent, document.Number);
    }

    public static bool IsManual(PaymentIntent intent) => intent.CaptureMethod == "manual";

    public static (PaymentIntent Intent, IntentRecord Record) Parts(CheckoutDocument document) => ((PaymentIntent)document.Public, (IntentRecord)document.Private!);

    public static WireAnswer? Find(Draft draft, string id, out CheckoutDocument? document)
    {
        document = draft.Find(DocumentKind.PaymentIntent, id);
        return document is null ? WireError.NoSuch(draft.Request, Name, id, "intent", inPath: true) : null;
    }

    public static CardOptions Merge(CardOptions before, CardOptionsUpdate? update) => update is null ? before : before with
    {
        RequestThreeDSecure = update.RequestThreeDSecure ?? before.RequestThreeDSecure,
        RequestMulticapture = update.RequestMulticapture ?? before.RequestMulticapture,
        RequestIncrementalAuthorization = update.RequestIncrementalAuthorization ?? before.RequestIncrementalAuthorization,
    };

    private static WireAnswer? Change(Draft draft, PaymentIntent before, IntentFields fields, out PaymentIntent after)
    {
        after = before;
        if (CustomerDecisions.Find(draft, fields.Customer, "customer", out _) is { } noCustomer)
            return noCustomer;
        if (MethodDecisions.Resolve(draft, fields.PaymentMethod, fields.PaymentMethodData, "payment_method", out var method) is { } noMethod)
            return noMethod;
        var customer = fields.Customer ?? before.Customer;
        if (method is not null && MethodDecisions.RefuseUse(draft, method, customer) is { } unusable)
            return unusable;
        after = before with
        {
            Amount = fields.Amount ?? before.Amount,
            Currency = fields.Currency ?? before.Currency,
            CaptureMethod = fields.CaptureMethod ?? before.CaptureMethod,
            Customer = customer,
            Description = Text.After(fields.Description, before.Description),
            PaymentMethod = method is null ? before.PaymentMethod : ((PaymentMethod)method.Public).Id,
            ReceiptEmail = Text.After(fields.ReceiptEmail, before.ReceiptEmail),
            SetupFutureUsage = fields.SetupFutureUsage ?? before.SetupFutureUsage,
            Shipping = fields.Shipping ?? before.Shipping,
            StatementDescriptor = Text.After(fields.StatementDescriptor, before.StatementDescriptor),
            StatementDescriptorSuffix = Text.After(fields.StatementDescriptorSuffix, before.StatementDescriptorSuffix),
            PaymentMethodOptions = new IntentMethodOptions { Card = Merge(before.PaymentMethodOptions.Card, fields.CardOptions) },
            Metadata = MetadataUpdate.After(fields.Metadata, before.Metadata),
            Status = method is not null && before.Status == IntentStatus.RequiresPaymentMethod ? IntentStatus.RequiresConfirmation : before.Status,
        };
        return null;
    }
}
