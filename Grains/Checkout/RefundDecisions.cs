using Grains.Acquirers;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Ledger;

namespace Grains.Checkout;

/// <summary>Refunds: in whole or part, several times, never beyond what was captured; those under way count.</summary>
internal static partial class RefundDecisions
{
    /// <summary>When a refund that is slow arrives, or one that fails comes back.</summary>
    private const long CourseMs = 5_000;

    public static Decided Create(Draft draft, CreateRefund command)
    {
        if (FindCharge(draft, command, out var chargeDocument) is { } missing)
            return missing;
        var (charge, record) = ((Charge)chargeDocument!.Public, (ChargeRecord)chargeDocument.Private!);
        if (charge.Status != "succeeded" || !charge.Captured)
            return WireError.Invalid(draft.Request, $"This charge ({charge.Id}) cannot be refunded: it was not captured.", "charge", "charge_not_refundable");
        if (DisputeDecisions.Blocks(charge))
            return WireError.Invalid(draft.Request, $"Charge {charge.Id} has been charged back; cannot issue a refund.", "charge", "charge_disputed");
        var left = Left(charge, record);
        if (left == 0)
            return WireError.Invalid(draft.Request, $"Charge {charge.Id} has already been refunded.", "charge", "charge_already_refunded");
        var amount = command.Amount ?? left;
        if (amount > left)
            return WireError.Invalid(draft.Request, $"Refund amount ({Show(amount, charge)}) is greater than unrefunded amount on charge ({Show(left, charge)}).", "amount");
        if (AmountRules.RefuseFraction(draft.Request, amount, Books.CurrencyOf(charge.Currency), "amount") is { } fraction)
            return fraction;
        draft.Put(DocumentKind.Charge, chargeDocument.Number, charge, record with { RefundsUnderWay = record.RefundsUnderWay + amount });
        return Begin(draft, charge, record, amount, command);
    }

    /// <summary>Minor units of a charge that can go back now; 0 while a dispute has them.</summary>
    public static long Left(Charge charge, ChargeRecord record) =>
        DisputeDecisions.Blocks(charge) || !charge.Captured ? 0 : charge.AmountCaptured - charge.AmountRefunded - record.RefundsUnderWay;

    public static Decided Update(Draft draft, UpdateRefund command)
    {
        if (draft.Find(DocumentKind.Refund, command.Id) is not { Public: Refund old } document)
            return WireError.NoSuch(draft.Request, "refund", command.Id, "refund", inPath: true);
        var updated = old with { Metadata = MetadataUpdate.After(command.Metadata, old.Metadata) };
        draft.Put(DocumentKind.Refund, document.Number, updated, document.Private);
        Updated(draft, "refund.updated", document.Number, old, updated);
        return Decided.Shows(DocumentKind.Refund, document.Number);
    }

    /// <summary>What the acquirer's answer makes of it.</summary>
    public static Decided Apply(Draft draft, CheckoutDocument document, Attempt attempt, AcquirerAnswer answer)
    {
        var refund = (Refund)document.Public;
        var chargeDocument = draft.Get(DocumentKind.Charge, refund.Charge);
        var (charge, record) = ((Charge)chargeDocument.Public, (ChargeRecord)chargeDocument.Private!);
        record = record with { RefundsUnderWay = record.RefundsUnderWay - refund.Amount };
        if (answer.Outcome != AcquirerOutcome.Approved)
        {
            draft.Put(DocumentKind.Charge, chargeDocument.Number, charge, record);
            draft.Put(DocumentKind.Refund, document.Number, refund with { Status = "failed", FailureReason = "declined" }, Settled(document));
            draft.Emit("refund.failed", DocumentKind.Refund, document.Number);
            ReviewDecisions.Reopen(draft, charge, $"Refund {refund.Id} was declined: the payment stands.");
            return Decided.Shows(DocumentKind.Refund, document.Number);
        }

        var currency = Books.CurrencyOf(refund.Currency);
        draft.Move(EventType.CardRefunded, TransferKind.Posted, draft.BalanceAccount(currency), Books.Receivable(currency), refund.Amount, currency, refund.Id);
        var transaction = Books.Note(draft, "refund", "refund", refund.Id, -refund.Amount, 0, currency, charge.Description is null ? "REFUND FOR CHARGE" : $"REFUND FOR CHARGE ({charge.Description})", availableAtOnce: true);
        var refunded = charge.AmountRefunded + refund.Amount;
        // As long as more may be captured, it is not refunded whole.
        var isWhole = refunded == charge.AmountCaptured && draft.Get(DocumentKind.PaymentIntent, charge.PaymentIntent) is { Public: PaymentIntent { AmountCapturable: 0 } };
        var returned = charge with { AmountRefunded = refunded, Refunded = isWhole };
        draft.Put(DocumentKind.Charge, chargeDocument.Number, returned, record);
        var courseAtMs = answer.RefundIsFollowed || answer.Refund == RefundCourse.Arrives ? 0 : draft.NowMs + CourseMs;
        var followAtMs = answer.RefundIsFollowed ? FollowUp.NextMs(refund.Created, draft.NowMs) : 0;
        draft.Put(
            DocumentKind.Refund,
            document.Number,
            refund with { Status = answer.Refund == RefundCourse.ArrivesLater ? "pending" : "succeeded", BalanceTransaction = transaction },
            Settled(document) with { CourseAtMs = courseAtMs, Followed = answer.RefundIsFollowed ? attempt : null, FollowAtMs = followAtMs });
        draft.Emit("charge.refunded", DocumentKind.Charge, chargeDocument.Number, Previous.Of(charge, returned, CheckoutJson.Default.Charge));
        draft.Emit("refund.created", DocumentKind.Refund, document.Number);
        if (isWhole)
            ReviewDecisions.Close(draft, returned, CaseResolution.Refunded, refund.Reason == "fraudulent" ? "refunded_as_fraud" : "refunded");
        if (courseAtMs != 0)
            draft.Due(DueKind.RefundCourse, document.Number, courseAtMs);
        if (followAtMs != 0)
            draft.Due(DueKind.FollowRefund, document.Number, followAtMs);
        return Decided.Shows(DocumentKind.Refund, document.Number);
    }

    /// <summary>A slow refund arrives; one that the card's bank does not take comes back to the merchant. Once: its due work may come again.</summary>
    public static Decided RunCourse(Draft draft, CheckoutDocument document, long atMs)
    {
        var refund = (Refund)document.Public;
        if (((RefundRecord)document.Private!).CourseAtMs != atMs)
            return Decided.Shows(DocumentKind.Refund, document.Number);
        if (refund.Status == "pending")
            Arrive(draft, document, Settled(document));
        else if (refund.Status == "succeeded")
            ComeBack(draft, document, "unknown");
        return Decided.Shows(DocumentKind.Refund, document.Number);
    }

    private static void Arrive(Draft draft, CheckoutDocument document, RefundRecord record)
    {
        var refund = (Refund)document.Public;
        var arrived = refund with { Status = "succeeded" };
        draft.Put(DocumentKind.Refund, document.Number, arrived, record);
        Updated(draft, "refund.updated", document.Number, refund, arrived);
    }

    private static void ComeBack(Draft draft, CheckoutDocument document, string reason)
    {
        var refund = (Refund)document.Public;
        var currency = Books.CurrencyOf(refund.Currency);
        draft.Move(EventType.CardRefundFailed, TransferKind.Posted, Books.Receivable(currency), draft.BalanceAccount(currency), refund.Amount, currency, refund.Id);
        var transaction = Books.Note(draft, "refund_failure", "refund_failure", refund.Id, refund.Amount, 0, currency, "REFUND FAILURE", availableAtOnce: true);
        var chargeDocument = draft.Get(DocumentKind.Charge, refund.Charge);
        var charge = (Charge)chargeDocument.Public;
        draft.Put(DocumentKind.Charge, chargeDocument.Number, charge with { AmountRefunded = charge.AmountRefunded - refund.Amount, Refunded = false }, chargeDocument.Private);
        var failed = refund with { Status = "failed", FailureReason = reason, FailureBalanceTransaction = transaction };
        draft.Put(DocumentKind.Refund, document.Number, failed, Settled(document));
        Updated(draft, "refund.failed", document.Number, refund, failed);
        ReviewDecisions.Reopen(draft, charge, $"Refund {refund.Id} came back: the payment stands.");
    }

    // Under the refund's own type, and under the older one that many still listen to.
    private static void Updated(Draft draft, string type, long number, Refund before, Refund after)
    {
        var previous = Previous.Of(before, after, CheckoutJson.Default.Refund);
        draft.Emit(type, DocumentKind.Refund, number, previous);
        draft.Emit("charge.refund.updated", DocumentKind.Refund, number, previous);
    }

    private static RefundRecord Settled(CheckoutDocument document) => (RefundRecord)document.Private! with { Attempt = null, CourseAtMs = 0, Followed = null, FollowAtMs = 0 };

    private static Decided Begin(Draft draft, Charge charge, ChargeRecord record, long amount, CreateRefund command)
    {
        var number = draft.NewNumber();
        var id = draft.IdOf(DocumentKind.Refund, number);
        var attempt = Attempts.New(draft, id, 0, AcquirerOperation.Refund, amount, charge.Currency, record.Acquirer) with { Authorization = record.Authorization };
        draft.Put(
            DocumentKind.Refund,
            number,
            new Refund
            {
                Id = id,
                Amount = amount,
                Charge = charge.Id,
                Created = draft.Now,
                Currency = charge.Currency,
                Customer = charge.Customer,
                Metadata = MetadataUpdate.After(command.Metadata, new Dictionary<string, string>()),
                PaymentIntent = charge.PaymentIntent,
                PaymentMethod = charge.PaymentMethod,
                Reason = command.Reason,
                Status = "pending",
            },
            new RefundRecord(attempt, 1));
        draft.Due(DueKind.Resolve, number, attempt.AskAtMs);
        return Decided.WaitsFor(DocumentKind.Refund, number);
    }

    private static WireAnswer? FindCharge(Draft draft, CreateRefund command, out CheckoutDocument? charge)
    {
        charge = null;
        var id = command.Charge;
        if (id is null)
        {
            if (draft.Find<PaymentIntent>(DocumentKind.PaymentIntent, command.PaymentIntent) is not { } intent)
                return WireError.NoSuch(draft.Request, "payment_intent", command.PaymentIntent ?? "", "payment_intent", inPath: false);
            if (intent.LatestCharge is null)
                return WireError.Invalid(draft.Request, $"This PaymentIntent ({intent.Id}) does not have a successful charge to refund.", "payment_intent");
            id = intent.LatestCharge;
        }

        charge = draft.Find(DocumentKind.Charge, id);
        return charge is null ? WireError.NoSuch(draft.Request, "charge", id, "charge", inPath: false) : null;
    }

    private static string Show(long amount, Charge charge) => WireCurrency.Show(amount, Books.CurrencyOf(charge.Currency));
}
