using System.Text.Json;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Ledger;

namespace Grains.Checkout;

/// <summary>Disputes as the sandbox's cards make them: opened with the capture, answered by the merchant.</summary>
internal static partial class DisputeDecisions
{
    private const string WinningEvidence = "winning_evidence";
    private const string LosingEvidence = "losing_evidence";
    private const string EscalatingEvidence = "escalate_inquiry_evidence";
    private const string Inquiry = "inquiry";
    private const string Multiple = "multiple";

    /// <summary>How long a merchant has to answer: nine days, in seconds.</summary>
    private const long AnswerWithin = 9 * 24 * 3600;

    /// <summary>Whether a charge's dispute keeps it from being refunded. An inquiry does not.</summary>
    public static bool Blocks(Charge charge) => charge.Disputed;

    /// <summary>
    /// Opens a dispute over a captured charge: what of it was not refunded and a fee leave the merchant, unless it is only an inquiry.
    /// </summary>
    public static void Open(Draft draft, long chargeNumber, string reason)
    {
        var document = draft.Find(DocumentKind.Charge, chargeNumber)!;
        var (charge, record) = ((Charge)document.Public, (ChargeRecord)document.Private!);
        var disputable = Disputable(charge, record);
        if (disputable == 0)
            return;
        if (reason != Multiple)
        {
            Open(draft, chargeNumber, reason, disputable);
            return;
        }

        // Each over a part: no more than was taken can go back.
        if (disputable > 1)
            Open(draft, chargeNumber, "fraudulent", disputable / 2);
        Open(draft, chargeNumber, "product_not_received", disputable - (disputable / 2));
    }

    private static void Open(Draft draft, long chargeNumber, string reason, long amount)
    {
        var isInquiry = reason == Inquiry;
        Open(draft, chargeNumber, amount, isInquiry ? "fraudulent" : reason, isInquiry ? "warning_needs_response" : "needs_response", new EvidenceDetails { DueBy = draft.Now + AnswerWithin }, new DisputeRecord(0, chargeNumber));
    }

    private static void Open(Draft draft, long chargeNumber, long amount, string reason, string status, EvidenceDetails details, DisputeRecord record, long number = 0)
    {
        var chargeDocument = draft.Find(DocumentKind.Charge, chargeNumber)!;
        var charge = (Charge)chargeDocument.Public;
        var isInquiry = IsInquiry(status);
        if (number == 0)
            number = draft.NewNumber();
        var id = draft.IdOf(DocumentKind.Dispute, number);
        var withdrawn = isInquiry ? [] : Withdraw(draft, charge, id, amount);
        draft.Put(DocumentKind.Charge, chargeNumber, charge with { Disputed = charge.Disputed || !isInquiry }, chargeDocument.Private);
        draft.Put(
            DocumentKind.Dispute,
            number,
            new Dispute
            {
                Id = id,
                Amount = amount,
                BalanceTransactions = withdrawn,
                Charge = charge.Id,
                Created = draft.Now,
                Currency = charge.Currency,
                EvidenceDetails = details,
                IsChargeRefundable = isInquiry,
                PaymentIntent = charge.PaymentIntent,
                Reason = reason,
                Status = status,
            },
            record with { Withdrawn = isInquiry ? 0 : amount });
        draft.Emit("charge.dispute.created", DocumentKind.Dispute, number);
        if (!isInquiry)
        {
            draft.Emit("charge.dispute.funds_withdrawn", DocumentKind.Dispute, number);
            ReviewDecisions.Close(draft, charge, CaseResolution.Disputed, "disputed");
        }
    }

    public static Decided Update(Draft draft, UpdateDispute command)
    {
        if (draft.Find(DocumentKind.Dispute, command.Id) is not { Public: Dispute old } document)
            return WireError.NoSuch(draft.Request, "dispute", command.Id, "dispute", inPath: true);
        if (old.Status is not ("needs_response" or "warning_needs_response"))
            return WireError.Invalid(draft.Request, $"This dispute is already {old.Status} and can no longer be changed.");
        var hasEvidence = old.EvidenceDetails.HasEvidence || command.Evidence is not null;
        // Staged evidence goes with a later word alone.
        var submits = command.Submit ?? command.Evidence is not null;
        if (submits && !hasEvidence)
            return WireError.Invalid(draft.Request, "There is no evidence to submit: give some with `evidence`.", "submit");
        if (IsTaken(document) && (submits || command.Evidence is not null))
            return Begin(draft, document, old, AcquirerOperation.Answer, submits, command.Evidence, command.Metadata);
        var updated = old with
        {
            Evidence = command.Evidence is null ? old.Evidence : Merged(old.Evidence, command.Evidence),
            Metadata = MetadataUpdate.After(command.Metadata, old.Metadata),
            EvidenceDetails = old.EvidenceDetails with
            {
                HasEvidence = hasEvidence,
                SubmissionCount = old.EvidenceDetails.SubmissionCount + (submits ? 1 : 0),
            },
            Status = !submits ? old.Status : old.Status == "needs_response" ? "under_review" : "warning_under_review",
        };
        draft.Put(DocumentKind.Dispute, document.Number, updated, document.Private);
        draft.Emit("charge.dispute.updated", DocumentKind.Dispute, document.Number, Previous.Of(old, updated, CheckoutJson.Default.Dispute));
        // The sandbox's issuer decides at once, by the words that Stripe's test mode knows.
        if (!submits)
            return Decided.Shows(DocumentKind.Dispute, document.Number);
        if (updated.Evidence.UncategorizedText is WinningEvidence or LosingEvidence)
            Close(draft, draft.Find(DocumentKind.Dispute, document.Number)!, won: updated.Evidence.UncategorizedText == WinningEvidence);
        else if (updated.Evidence.UncategorizedText == EscalatingEvidence && old.Status == "warning_needs_response")
            Escalate(draft, draft.Find(DocumentKind.Dispute, document.Number)!);
        return Decided.Shows(DocumentKind.Dispute, document.Number);
    }

    /// <summary>The merchant gives up.</summary>
    public static Decided Concede(Draft draft, CloseDispute command)
    {
        if (draft.Find(DocumentKind.Dispute, command.Id) is not { Public: Dispute old } document)
            return WireError.NoSuch(draft.Request, "dispute", command.Id, "dispute", inPath: true);
        if (old.Status is not ("needs_response" or "warning_needs_response"))
            return WireError.Invalid(draft.Request, $"This dispute is already {old.Status}.");
        if (IsTaken(document))
            return Begin(draft, document, old, AcquirerOperation.Concede, submits: true);
        Close(draft, document, won: false);
        return Decided.Shows(DocumentKind.Dispute, document.Number);
    }

    private static void Close(Draft draft, CheckoutDocument document, bool won)
    {
        var (dispute, record) = ((Dispute)document.Public, (DisputeRecord)document.Private!);
        var isInquiry = IsInquiry(dispute.Status);
        var transactions = dispute.BalanceTransactions;
        if (won && record.Withdrawn > 0)
        {
            var currency = Books.CurrencyOf(dispute.Currency);
            draft.Move(EventType.DisputeReinstated, TransferKind.Posted, Books.Receivable(currency), draft.BalanceAccount(currency), record.Withdrawn, currency, dispute.Id);
            var id = Books.Note(draft, "adjustment", "dispute_reversal", dispute.Id, record.Withdrawn, 0, currency, $"Chargeback reversal for {dispute.Charge}", availableAtOnce: true);
            transactions = [.. transactions, (BalanceTransaction)draft.Get(DocumentKind.BalanceTransaction, id).Public];
        }

        var closed = dispute with { BalanceTransactions = transactions, Status = isInquiry ? "warning_closed" : won ? "won" : "lost", EvidenceDetails = dispute.EvidenceDetails with { DueBy = null } };
        draft.Put(DocumentKind.Dispute, document.Number, closed, record with { Withdrawn = won ? 0 : record.Withdrawn });
        draft.Emit("charge.dispute.closed", DocumentKind.Dispute, document.Number, Previous.Of(dispute, closed, CheckoutJson.Default.Dispute));
        if (won && record.Withdrawn > 0)
            draft.Emit("charge.dispute.funds_reinstated", DocumentKind.Dispute, document.Number);
    }

    /// <summary>An inquiry becomes a dispute: what was not refunded meanwhile leaves the merchant, and the answer is due anew.</summary>
    private static void Escalate(Draft draft, CheckoutDocument document)
    {
        var dispute = (Dispute)document.Public;
        var chargeDocument = draft.Get(DocumentKind.Charge, dispute.Charge);
        var charge = (Charge)chargeDocument.Public;
        var amount = Math.Min(dispute.Amount, Disputable(charge, (ChargeRecord)chargeDocument.Private!));
        if (amount == 0)
            Close(draft, document, won: true);
        else
            Escalate(draft, document, amount, draft.Now + AnswerWithin);
    }

    private static void Escalate(Draft draft, CheckoutDocument document, long amount, long? dueBy)
    {
        var (dispute, record) = ((Dispute)document.Public, (DisputeRecord)document.Private!);
        var chargeDocument = draft.Get(DocumentKind.Charge, dispute.Charge);
        var charge = (Charge)chargeDocument.Public;
        draft.Put(DocumentKind.Charge, chargeDocument.Number, charge with { Disputed = true }, chargeDocument.Private);
        var escalated = dispute with
        {
            Amount = amount,
            BalanceTransactions = [.. dispute.BalanceTransactions, .. Withdraw(draft, charge, dispute.Id, amount)],
            EvidenceDetails = dispute.EvidenceDetails with { DueBy = dueBy, HasEvidence = false, SubmissionCount = 0 },
            Evidence = new DisputeEvidence(),
            IsChargeRefundable = false,
            Status = "needs_response",
        };
        draft.Put(DocumentKind.Dispute, document.Number, escalated, record with { Withdrawn = amount });
        draft.Emit("charge.dispute.updated", DocumentKind.Dispute, document.Number, Previous.Of(dispute, escalated, CheckoutJson.Default.Dispute));
        draft.Emit("charge.dispute.funds_withdrawn", DocumentKind.Dispute, document.Number);
        ReviewDecisions.Close(draft, charge, CaseResolution.Disputed, "disputed");
    }

    // What went back to the cardholder, or is on its way, is not taken a second time.
    private static long Disputable(Charge charge, ChargeRecord record) => charge.AmountCaptured - charge.AmountRefunded - record.RefundsUnderWay;

    // An update says some of it: the rest stays as it was said before.
    private static DisputeEvidence Merged(DisputeEvidence before, DisputeEvidence update)
    {
        var (merged, said) = (JsonSerializer.SerializeToNode(before, CheckoutJson.Default.DisputeEvidence)!.AsObject(), JsonSerializer.SerializeToNode(update, CheckoutJson.Default.DisputeEvidence)!.AsObject());
        foreach (var (name, value) in said)
            if (value is not null)
                merged[name] = value.DeepClone();
        return merged.Deserialize(CheckoutJson.Default.DisputeEvidence)!;
    }

    private static bool IsInquiry(string status) => status.StartsWith("warning", StringComparison.Ordinal);

    private static BalanceTransaction[] Withdraw(Draft draft, Charge charge, string dispute, long amount)
    {
        var currency = Books.CurrencyOf(charge.Currency);
        var fee = Fee.OfDispute(currency);
        draft.Move(EventType.DisputeWithdrawn, TransferKind.Posted, draft.BalanceAccount(currency), Books.Receivable(currency), amount, currency, dispute);
        Books.TakeFee(draft, fee, currency, dispute);
        var id = Books.Note(draft, "adjustment", "dispute", dispute, -amount, fee, currency, $"Chargeback withdrawal for {charge.Id}", availableAtOnce: true, "Dispute fee");
        return [(BalanceTransaction)draft.Get(DocumentKind.BalanceTransaction, id).Public];
    }
}
