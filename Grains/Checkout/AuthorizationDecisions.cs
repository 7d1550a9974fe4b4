using Grains.Acquirers;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Ledger;

namespace Grains.Checkout;

/// <summary>What may be done with an authorization: capture, increase, release.</summary>
internal static class AuthorizationDecisions
{
    public static Decided Capture(Draft draft, CaptureIntent command)
    {
        if (IntentDecisions.Find(draft, command.Id, out var document) is { } missing)
            return missing;
        var (intent, record) = IntentDecisions.Parts(document!);
        if (record.Attempt is not null)
            return WireError.Locked(draft.Request);
        if (intent.Status != IntentStatus.RequiresCapture)
            return WireError.UnexpectedState(draft.Request, intent, $"This PaymentIntent could not be captured because it has a status of {intent.Status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.");
        var amount = command.Amount ?? intent.AmountCapturable;
        if (amount > intent.AmountCapturable)
            return WireError.Invalid(draft.Request, $"You cannot capture more than the amount that is capturable. The remaining amount is {intent.AmountCapturable}.", "amount_to_capture", "amount_too_large");
        if (AmountRules.RefuseFraction(draft.Request, amount, Books.CurrencyOf(intent.Currency), "amount_to_capture") is { } fraction)
            return fraction;
        if (!command.Final && ((Charge)draft.Get(DocumentKind.Charge, intent.LatestCharge!).Public).PaymentMethodDetails.Card.Multicapture.Status != "available")
            return WireError.Invalid(draft.Request, "You cannot set `final_capture` to false on a PaymentIntent that was not authorized for multicapture.", "final_capture");
        if (draft.NowMs >= record.CaptureBeforeMs)
            return Expired(draft.Request, "captured");
        intent = intent with
        {
            StatementDescriptor = Text.After(command.StatementDescriptor, intent.StatementDescriptor),
            StatementDescriptorSuffix = Text.After(command.StatementDescriptorSuffix, intent.StatementDescriptorSuffix),
            Metadata = MetadataUpdate.After(command.Metadata, intent.Metadata),
        };
        return amount == 0
            ? Begin(draft, document!, intent, AcquirerOperation.Void, intent.AmountCapturable, final: true, null)
            : Begin(draft, document!, intent, AcquirerOperation.Capture, amount, command.Final, null);
    }

    public static Decided Increment(Draft draft, IncrementAuthorization command)
    {
        if (IntentDecisions.Find(draft, command.Id, out var document) is { } missing)
            return missing;
        var (intent, record) = IntentDecisions.Parts(document!);
        if (record.Attempt is not null)
            return WireError.Locked(draft.Request);
        if (intent.Status != IntentStatus.RequiresCapture)
            return WireError.UnexpectedState(draft.Request, intent, $"You cannot increment the authorization of this PaymentIntent because it has a status of {intent.Status}. Only a PaymentIntent with one of the following statuses may be incremented: requires_capture.");
        if (((Charge)draft.Get(DocumentKind.Charge, intent.LatestCharge!).Public).PaymentMethodDetails.Card.IncrementalAuthorization.Status != "available")
            return WireError.Invalid(draft.Request, "This PaymentIntent is not eligible for incremental authorization: it was not requested when it was confirmed.", null, "payment_intent_unexpected_state");
        if (draft.NowMs >= record.CaptureBeforeMs)
            return Expired(draft.Request, "incremented");
        if (command.Amount <= intent.Amount)
            return WireError.Invalid(draft.Request, $"The amount must be greater than the currently authorized amount, {intent.Amount}.", "amount");
        if (AmountRules.RefuseFraction(draft.Request, command.Amount, Books.CurrencyOf(intent.Currency), "amount") is { } fraction)
            return fraction;
        intent = intent with { Description = Text.After(command.Description, intent.Description), StatementDescriptor = Text.After(command.StatementDescriptor, intent.StatementDescriptor), Metadata = MetadataUpdate.After(command.Metadata, intent.Metadata) };
        return Begin(draft, document!, intent, AcquirerOperation.Increase, command.Amount - intent.Amount, final: false, null);
    }

    /// <summary>Releases what is left of an authorization.</summary>
    public static Decided Void(Draft draft, CheckoutDocument document, string? reason, bool isExpiry) =>
        Begin(draft, document, IntentDecisions.Parts(document).Intent, AcquirerOperation.Void, IntentDecisions.Parts(document).Intent.AmountCapturable, final: true, isExpiry ? "automatic" : reason);

    /// <summary>What an acquirer's answer to any of them makes of the intent.</summary>
    public static Decided Apply(Draft draft, CheckoutDocument document, Attempt attempt, AcquirerAnswer answer)
    {
        // After its end the hold goes, whatever the acquirer says of the release: what it no longer has, nobody can take.
        var isOver = attempt.Operation == AcquirerOperation.Void && draft.NowMs >= IntentDecisions.Parts(document).Record.CaptureBeforeMs;
        if (answer.Outcome != AcquirerOutcome.Approved && !isOver)
            return Refused(draft, document, attempt, answer);
        switch (attempt.Operation)
        {
            case AcquirerOperation.Capture:
                Captured(draft, document, attempt, answer);
                break;
            case AcquirerOperation.Increase:
                return Increased(draft, document, attempt);
            case AcquirerOperation.Void:
                Voided(draft, document, attempt);
                break;
            case AcquirerOperation.Authorize or AcquirerOperation.Verify or AcquirerOperation.Refund or AcquirerOperation.Answer or AcquirerOperation.Concede:
                throw new InvalidOperationException($"{attempt.Operation} is nothing to do with an authorization.");
        }

        return Decided.Shows(DocumentKind.PaymentIntent, document.Number);
    }

    private static Decided Begin(Draft draft, CheckoutDocument document, PaymentIntent intent, AcquirerOperation operation, long amount, bool final, string? reason)
    {
        var record = (IntentRecord)document.Private!;
        var charge = (ChargeRecord)draft.Get(DocumentKind.Charge, intent.LatestCharge!).Private!;
        var attempt = Attempts.New(draft, intent.Id, record.Attempts, operation, amount, intent.Currency, charge.Acquirer) with
        {
            Authorization = charge.Authorization,
            Final = final,
            CancellationReason = reason,
        };
        Attempts.Begin(draft, document.Number, intent with { Status = IntentStatus.Processing }, record, attempt);
        return Decided.WaitsFor(DocumentKind.PaymentIntent, document.Number);
    }

    private static void Captured(Draft draft, CheckoutDocument document, Attempt attempt, AcquirerAnswer answer)
    {
        var (intent, record) = IntentDecisions.Parts(document);
        var currency = Books.CurrencyOf(intent.Currency);
        var chargeDocument = draft.Get(DocumentKind.Charge, intent.LatestCharge!);
        var charge = (Charge)chargeDocument.Public;
        var open = record.Held - record.Captured;
        var (debtor, creditor) = (Books.Receivable(currency), draft.BalanceAccount(currency));
        var rows = record.Rows;
        var isLate = draft.NowMs >= record.CaptureBeforeMs;
        if (!isLate)
        {
            draft.Move(EventType.CardCaptured, attempt.Final ? TransferKind.PostFinal : TransferKind.Post, debtor, creditor, attempt.Amount, currency, charge.Id, ++rows, record.Hold);
        }
        else
        {
            // The acquirer took it in time, and its answer came after the hold's end: the hold goes, the money comes all the same.
            draft.Move(EventType.CardAuthorizationExpired, TransferKind.Expire, debtor, creditor, open, currency, charge.Id, ++rows, record.Hold);
            draft.Move(EventType.CardCaptured, TransferKind.Posted, debtor, creditor, attempt.Amount, currency, charge.Id);
        }

        var fee = Fee.OfCapture(attempt.Amount, currency);
        Books.TakeFee(draft, fee, currency, charge.Id);
        var last = attempt.Final || isLate || attempt.Amount == open;
        var captured = checked(charge.AmountCaptured + attempt.Amount);
        // Where less than the authorized amount is taken, the statement shows all of it coming, and the rest going back.
        var shown = attempt.Final && record.Captured == 0 ? open : attempt.Amount;
        var transaction = Books.Note(draft, "charge", "charge", charge.Id, shown, fee, currency, intent.Description, answer.AvailableAtOnce);
        if (shown > attempt.Amount)
            Books.Note(draft, "refund", "partial_capture_reversal", charge.Id, attempt.Amount - shown, 0, currency, "REFUND FOR PARTIAL CAPTURE", answer.AvailableAtOnce);
        var taken = charge with { AmountCaptured = captured, Captured = true, Refunded = last && charge.AmountRefunded == captured, BalanceTransaction = charge.BalanceTransaction ?? transaction, StatementDescriptor = intent.StatementDescriptor };
        draft.Put(DocumentKind.Charge, chargeDocument.Number, taken, chargeDocument.Private);
        draft.Emit("charge.captured", DocumentKind.Charge, chargeDocument.Number, Previous.Of(charge, taken, CheckoutJson.Default.Charge));
        draft.Put(
            DocumentKind.PaymentIntent,
            document.Number,
            intent with { Status = last ? IntentStatus.Succeeded : IntentStatus.RequiresCapture, AmountReceived = checked(intent.AmountReceived + attempt.Amount), AmountCapturable = last ? 0 : open - attempt.Amount },
            record with { Attempt = null, Captured = record.Captured + attempt.Amount, Rows = rows });
        if (!last)
        {
            draft.Emit("payment_intent.amount_capturable_updated", DocumentKind.PaymentIntent, document.Number);
            return;
        }

        draft.DueDone(DueKind.Expire, document.Number, record.CaptureBeforeMs);
        draft.Emit("payment_intent.succeeded", DocumentKind.PaymentIntent, document.Number);
        SessionDecisions.Complete(draft, record.Session, isCaptured: true);
        if (answer.DisputeReason is { } reason)
            DisputeDecisions.Open(draft, chargeDocument.Number, reason);
    }

    private static Decided Increased(Draft draft, CheckoutDocument document, Attempt attempt)
    {
        var (intent, record) = IntentDecisions.Parts(document);
        if (draft.NowMs >= record.CaptureBeforeMs)
        {
            // The hold ended before the answer came: nothing can be added to it, and its own due work releases it at the acquirer.
            draft.Put(DocumentKind.PaymentIntent, document.Number, intent with { Status = IntentStatus.RequiresCapture }, record with { Attempt = null });
            return Decided.Answers(DocumentKind.PaymentIntent, document.Number, Expired(attempt.Request, "incremented"));
        }

        var currency = Books.CurrencyOf(intent.Currency);
        var chargeDocument = draft.Get(DocumentKind.Charge, intent.LatestCharge!);
        var charge = (Charge)chargeDocument.Public;
        var held = checked(record.Held + attempt.Amount);
        draft.Move(EventType.CardAuthorizationIncreased, TransferKind.Increase, Books.Receivable(currency), draft.BalanceAccount(currency), attempt.Amount, currency, charge.Id, record.Rows + 1, record.Hold);
        var card = charge.PaymentMethodDetails.Card with { AmountAuthorized = held, Overcapture = new Overcapture(held) };
        var raised = charge with { Amount = held, PaymentMethodDetails = new ChargeMethodDetails(card), Description = intent.Description };
        draft.Put(DocumentKind.Charge, chargeDocument.Number, raised, chargeDocument.Private);
        draft.Emit("charge.updated", DocumentKind.Charge, chargeDocument.Number, Previous.Of(charge, raised, CheckoutJson.Default.Charge));
        draft.Put(
            DocumentKind.PaymentIntent,
            document.Number,
            intent with { Status = IntentStatus.RequiresCapture, Amount = held, AmountCapturable = held - record.Captured },
            record with { Attempt = null, Held = held, Rows = record.Rows + 1 });
        draft.Emit("payment_intent.amount_capturable_updated", DocumentKind.PaymentIntent, document.Number);
        return Decided.Shows(DocumentKind.PaymentIntent, document.Number);
    }

    private static void Voided(Draft draft, CheckoutDocument document, Attempt attempt)
    {
        var (intent, record) = IntentDecisions.Parts(document);
        var currency = Books.CurrencyOf(intent.Currency);
        var chargeDocument = draft.Get(DocumentKind.Charge, intent.LatestCharge!);
        var charge = (Charge)chargeDocument.Public;
        var open = record.Held - record.Captured;
        var isExpired = draft.NowMs >= record.CaptureBeforeMs;
        draft.Move(
            isExpired ? EventType.CardAuthorizationExpired : EventType.CardVoided,
            isExpired ? TransferKind.Expire : TransferKind.Void,
            Books.Receivable(currency),
            draft.BalanceAccount(currency),
            open,
            currency,
            charge.Id,
            record.Rows + 1,
            record.Hold);
        record = record with { Attempt = null, Rows = record.Rows + 1 };
        draft.DueDone(DueKind.Expire, document.Number, record.CaptureBeforeMs);
        if (record.Captured > 0)
        {
            if (charge.AmountRefunded == charge.AmountCaptured)
            {
                draft.Put(DocumentKind.Charge, chargeDocument.Number, charge with { Refunded = true }, chargeDocument.Private);
                ReviewDecisions.Close(draft, charge, CaseResolution.Refunded, "refunded");
            }

            draft.Put(DocumentKind.PaymentIntent, document.Number, intent with { Status = IntentStatus.Succeeded, AmountCapturable = 0 }, record);
            draft.Emit("payment_intent.succeeded", DocumentKind.PaymentIntent, document.Number);
            SessionDecisions.Complete(draft, record.Session, isCaptured: true);
            return;
        }

        var released = charge with { Refunded = true, AmountRefunded = charge.Amount };
        draft.Put(DocumentKind.Charge, chargeDocument.Number, released, chargeDocument.Private);
        draft.Emit(attempt.CancellationReason == "automatic" ? "charge.expired" : "charge.refunded", DocumentKind.Charge, chargeDocument.Number, Previous.Of(charge, released, CheckoutJson.Default.Charge));
        draft.Put(DocumentKind.PaymentIntent, document.Number, intent, record);
        IntentDecisions.Canceled(draft, draft.Find(DocumentKind.PaymentIntent, document.Number)!, attempt.CancellationReason);
        ReviewDecisions.Close(draft, released, CaseResolution.Canceled, "canceled");
    }

    private static WireAnswer Expired(RequestFacts request, string done) =>
        WireError.Invalid(request, $"This authorization has expired and can no longer be {done}.", null, "capture_charge_authorization_expired");

    // The authorization is as it was.
    private static Decided Refused(Draft draft, CheckoutDocument document, Attempt attempt, AcquirerAnswer answer)
    {
        var (intent, record) = IntentDecisions.Parts(document);
        var back = intent with { Status = IntentStatus.RequiresCapture };
        draft.Put(DocumentKind.PaymentIntent, document.Number, back, record with { Attempt = null });
        if (attempt.Operation == AcquirerOperation.Void)
            ReviewDecisions.Reopen(draft, (Charge)draft.Get(DocumentKind.Charge, intent.LatestCharge!).Public, "The acquirer did not cancel the authorization: the payment stands.");
        var code = answer.Code ?? "card_declined";
        return Decided.Answers(DocumentKind.PaymentIntent, document.Number, WireError.Card(attempt.Request, new PaymentError
        {
            Type = "card_error",
            Code = code,
            DeclineCode = answer.DeclineCode,
            Message = Declines.Message(code, answer.DeclineCode),
            PaymentIntent = back,
        }));
    }
}
