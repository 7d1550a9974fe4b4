using Grains.Acquirers;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;

namespace Grains.Checkout;

/// <summary>Setup intents: a card is checked, and prepared for later payments, without taking anything.</summary>
internal static class SetupDecisions
{
    /// <summary>Checks that a setup intent remembers.</summary>
    private const int MaxChecks = 50;

    public static Decided Create(Draft draft, CreateSetup command)
    {
        var number = draft.NewNumber();
        var id = draft.IdOf(DocumentKind.SetupIntent, number);
        var setup = new SetupIntent
        {
            Id = id,
            ClientSecret = draft.Tools.Secrets.Client(id, number),
            Created = draft.Now,
            AutomaticPaymentMethods = command.Fields.AutomaticPaymentMethods,
            Status = IntentStatus.RequiresPaymentMethod,
            Usage = "off_session",
        };
        if (Change(draft, setup, command.Fields, out setup) is { } refusal)
            return refusal;
        draft.Put(DocumentKind.SetupIntent, number, setup, new SetupRecord());
        draft.Emit("setup_intent.created", DocumentKind.SetupIntent, number);
        return command.Confirm is null ? Decided.Shows(DocumentKind.SetupIntent, number) : Confirm(draft, number, command.Confirm);
    }

    public static Decided Update(Draft draft, UpdateSetup command)
    {
        if (Find(draft, command.Id, out var document) is { } missing)
            return missing;
        var (before, record) = Parts(document!);
        if (record.Attempt is not null)
            return WireError.Locked(draft.Request);
        if (Change(draft, before, command.Fields, out var after) is { } refusal)
            return refusal;
        if (after.PaymentMethod != before.PaymentMethod)
        {
            if (before.Status is IntentStatus.Succeeded or IntentStatus.Canceled)
                return WireError.UnexpectedState(draft.Request, before, $"You cannot update this SetupIntent's payment method because it has a status of {before.Status}.");
            // The cardholder's bank is being asked about another card.
            record = record with { Challenge = null };
            if (before.Status == IntentStatus.RequiresAction)
                after = after with { Status = IntentStatus.RequiresConfirmation, NextAction = null };
        }

        draft.Put(DocumentKind.SetupIntent, document!.Number, after, record);
        return Decided.Shows(DocumentKind.SetupIntent, document.Number);
    }

    public static Decided Confirm(Draft draft, ConfirmSetup command) =>
        Find(draft, command.Id, out var document) is { } missing ? missing : Confirm(draft, document!.Number, command.Fields);

    public static Decided Cancel(Draft draft, CancelSetup command)
    {
        if (Find(draft, command.Id, out var document) is { } missing)
            return missing;
        var (setup, record) = Parts(document!);
        if (record.Attempt is not null)
            return WireError.Locked(draft.Request);
        if (setup.Status is IntentStatus.Succeeded or IntentStatus.Canceled)
            return WireError.UnexpectedState(draft.Request, setup, $"You cannot cancel this SetupIntent because it has a status of {setup.Status}. Only a SetupIntent with one of the following statuses may be canceled: requires_payment_method, requires_confirmation, requires_action.");
        draft.Put(DocumentKind.SetupIntent, document!.Number, setup with { Status = IntentStatus.Canceled, CancellationReason = command.Reason, NextAction = null }, record with { Challenge = null });
        draft.Emit("setup_intent.canceled", DocumentKind.SetupIntent, document.Number);
        return Decided.Shows(DocumentKind.SetupIntent, document.Number);
    }

    public static Decided CompleteChallenge(Draft draft, CompleteChallenge command, CheckoutDocument document)
    {
        var (setup, record) = Parts(document);
        if (setup.Status != IntentStatus.RequiresAction || record.Challenge != command.Challenge)
            return Decided.Shows(DocumentKind.SetupIntent, document.Number);
        if (command.Passed)
        {
            var attempt = Attempt(draft, setup, record, new ConfirmFields(), authenticated: true);
            draft.ContinueTrying(Attempts.Last(setup.Id, record.Attempts), attempt);
            return Begin(draft, document.Number, setup, record, attempt);
        }

        Fail(draft, document, "setup_intent_authentication_failure", null);
        return Decided.Shows(DocumentKind.SetupIntent, document.Number);
    }

    public static Decided Apply(Draft draft, CheckoutDocument document, Attempt attempt, AcquirerAnswer answer)
    {
        var (setup, record) = Parts(document);
        if (answer.Outcome != AcquirerOutcome.ChallengeRequired)
            draft.EndTrying(attempt, setup.PaymentMethod!, setup.Customer, record, answer.Outcome == AcquirerOutcome.Declined);
        else
            draft.RestTrying(attempt);
        switch (answer.Outcome)
        {
            case AcquirerOutcome.Approved:
                MethodDecisions.AfterUse(draft, setup.PaymentMethod!, setup.Customer, save: true, authenticated: true);
                draft.Put(DocumentKind.SetupIntent, document.Number, setup with { Status = IntentStatus.Succeeded }, record with { Attempt = null });
                draft.Emit("setup_intent.succeeded", DocumentKind.SetupIntent, document.Number);
                return Decided.Shows(DocumentKind.SetupIntent, document.Number);
            case AcquirerOutcome.ChallengeRequired:
                draft.Put(
                    DocumentKind.SetupIntent,
                    document.Number,
                    setup with { Status = IntentStatus.RequiresAction, NextAction = AuthorizationOutcome.Challenge(attempt, answer, record.ReturnUrl, setup.ClientSecret) },
                    record with { Attempt = null, Challenge = answer.Challenge });
                draft.Emit("setup_intent.requires_action", DocumentKind.SetupIntent, document.Number);
                return Decided.Shows(DocumentKind.SetupIntent, document.Number);
            case AcquirerOutcome.Declined:
                return Decided.Answers(DocumentKind.SetupIntent, document.Number, WireError.Card(attempt.Request, Fail(draft, document, answer.Code ?? "card_declined", answer.DeclineCode)));
            default:
                throw new InvalidOperationException($"{answer.Outcome} is no outcome.");
        }
    }

    private static Decided Confirm(Draft draft, long number, ConfirmFields fields)
    {
        var document = draft.Find(DocumentKind.SetupIntent, number)!;
        var (setup, record) = Parts(document);
        if (record.Attempt is not null)
            return WireError.Locked(draft.Request);
        if (setup.Status is IntentStatus.Succeeded or IntentStatus.Canceled)
            return WireError.UnexpectedState(draft.Request, setup, $"You cannot confirm this SetupIntent because it has a status of {setup.Status}.");
        if (MethodDecisions.Resolve(draft, fields.PaymentMethod ?? (fields.PaymentMethodData is null ? setup.PaymentMethod : null), fields.PaymentMethodData, "payment_method", out var method) is { } missing)
            return missing;
        if (method is null)
            return WireError.UnexpectedState(draft.Request, setup, "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.");
        if (MethodDecisions.RefuseUse(draft, method, setup.Customer) is { } unusable)
            return unusable;
        setup = setup with { PaymentMethod = ((PaymentMethod)method.Public).Id, LastSetupError = null };
        var check = new CardCheck(draft.NowMs, ((PaymentMethod)method.Public).Card.Fingerprint, fields.ClientIp);
        record = record with { ReturnUrl = fields.ReturnUrl ?? record.ReturnUrl, ClientIp = fields.ClientIp ?? record.ClientIp };
        if (draft.IsTooFast(Charging.Of(check, setup.Customer)))
        {
            draft.Put(DocumentKind.SetupIntent, number, setup, record);
            return Decided.Answers(DocumentKind.SetupIntent, number, WireError.Card(draft.Request, Fail(draft, draft.Find(DocumentKind.SetupIntent, number)!, "card_declined", AuthorizationOutcome.TooFastCode)));
        }

        var attempt = Attempt(draft, setup, record, fields, authenticated: false);
        var judged = draft.Judge(attempt, method, setup.Customer);
        record = record with { Checks = [.. record.Checks.TakeLast(MaxChecks - 1), check], Risk = judged is var (risk, _) ? RiskDecisionCodec.Encode(risk) : null, Sighting = judged?.Sighting ?? 0 };
        if (judged is { Risk.Outcome: RiskOutcome.Decline })
        {
            draft.BlockTrying(attempt, (PaymentMethod)method.Public, setup.Customer);
            draft.Put(DocumentKind.SetupIntent, number, setup, record);
            return Decided.Answers(DocumentKind.SetupIntent, number, WireError.Card(draft.Request, Fail(draft, draft.Find(DocumentKind.SetupIntent, number)!, "card_declined", AuthorizationOutcome.BlockedCode)));
        }

        draft.Check(Charging.Of(check, setup.Customer));
        draft.BeginTrying(attempt, (PaymentMethod)method.Public, setup.Customer);
        return Begin(draft, number, setup, record, attempt);
    }

    private static Attempt Attempt(Draft draft, SetupIntent setup, SetupRecord record, ConfirmFields fields, bool authenticated)
    {
        var card = (PaymentMethodRecord)draft.Get(DocumentKind.PaymentMethod, setup.PaymentMethod!).Private!;
        var attempt = Attempts.New(draft, setup.Id, record.Attempts, AcquirerOperation.Verify, 0, "usd", card.Acquirer);
        return attempt with
        {
            CardReference = card.CardReference,
            OffSession = fields.OffSession,
            Authenticated = authenticated,
            Challenge = authenticated ? record.Challenge : null,
            ReturnUrl = Attempts.ChallengeUrl(attempt, setup.ClientSecret) + Attempts.BackFromChallenge,
            UseSdk = fields.UseSdk,
            ClientIp = record.ClientIp,
        };
    }

    private static Decided Begin(Draft draft, long number, SetupIntent setup, SetupRecord record, Attempt attempt)
    {
        draft.Put(DocumentKind.SetupIntent, number, setup with { Status = IntentStatus.Processing, NextAction = null }, record with { Attempt = attempt, Attempts = record.Attempts + 1, Challenge = null });
        draft.Due(DueKind.Resolve, number, attempt.AskAtMs);
        return Decided.WaitsFor(DocumentKind.SetupIntent, number);
    }

    private static PaymentError Fail(Draft draft, CheckoutDocument document, string code, string? declineCode)
    {
        var (setup, record) = Parts(document);
        var error = new PaymentError
        {
            Code = code,
            DeclineCode = declineCode,
            DocUrl = WireError.DocUrl(code),
            Message = Declines.Message(code, declineCode),
            PaymentMethod = (PaymentMethod)draft.Get(DocumentKind.PaymentMethod, setup.PaymentMethod!).Public,
            Type = code == "setup_intent_authentication_failure" ? "invalid_request_error" : "card_error",
        };
        var failed = setup with { Status = IntentStatus.RequiresPaymentMethod, PaymentMethod = null, NextAction = null, LastSetupError = error };
        draft.Put(DocumentKind.SetupIntent, document.Number, failed, record with { Attempt = null, Challenge = null });
        draft.Emit("setup_intent.setup_failed", DocumentKind.SetupIntent, document.Number);
        return error with { SetupIntent = failed };
    }

    private static WireAnswer? Change(Draft draft, SetupIntent before, SetupFields fields, out SetupIntent after)
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
            Customer = customer,
            Description = Text.After(fields.Description, before.Description),
            PaymentMethod = method is null ? before.PaymentMethod : ((PaymentMethod)method.Public).Id,
            Usage = fields.Usage ?? before.Usage,
            Metadata = MetadataUpdate.After(fields.Metadata, before.Metadata),
            Status = method is not null && before.Status == IntentStatus.RequiresPaymentMethod ? IntentStatus.RequiresConfirmation : before.Status,
        };
        return null;
    }

    private static (SetupIntent Setup, SetupRecord Record) Parts(CheckoutDocument document) => ((SetupIntent)document.Public, (SetupRecord)document.Private!);

    private static WireAnswer? Find(Draft draft, string id, out CheckoutDocument? document)
    {
        document = draft.Find(DocumentKind.SetupIntent, id);
        return document is null ? WireError.NoSuch(draft.Request, "setup_intent", id, "intent", inPath: true) : null;
    }
}
