using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Ledger;

namespace Grains.Checkout;

/// <summary>Disputes as the sandbox's cards make them: opened with the charge, answered by the merchant.</summary>
internal static class DisputeDecisions
{
    private const string WinningEvidence = "winning_evidence";
    private const string LosingEvidence = "losing_evidence";
    private const string Inquiry = "inquiry";

    /// <summary>How long a merchant has to answer: nine days, in seconds.</summary>
    private const long AnswerWithin = 9 * 24 * 3600;

    /// <summary>Whether a charge's dispute keeps it from being refunded. An inquiry does not.</summary>
    public static bool Blocks(Charge charge) => charge.Disputed;

    /// <summary>Opens a dispute over a captured charge: its amount and a fee leave the merchant, unless it is only an inquiry.</summary>
    public static void Open(Draft draft, long chargeNumber, string reason)
    {
        var chargeDocument = draft.Find(DocumentKind.Charge, chargeNumber)!;
        var charge = (Charge)chargeDocument.Public;
        var isInquiry = reason == Inquiry;
        var number = draft.NewNumber();
        var id = draft.IdOf(DocumentKind.Dispute, number);
        var withdrawn = isInquiry ? [] : Withdraw(draft, charge, id);
        draft.Put(DocumentKind.Charge, chargeNumber, charge with { Disputed = !isInquiry }, chargeDocument.Private);
        draft.Put(
            DocumentKind.Dispute,
            number,
            new Dispute
            {
                Id = id,
                Amount = charge.AmountCaptured,
                BalanceTransactions = withdrawn,
                Charge = charge.Id,
                Created = draft.Now,
                Currency = charge.Currency,
                EvidenceDetails = new EvidenceDetails { DueBy = draft.Now + AnswerWithin },
                IsChargeRefundable = isInquiry,
                PaymentIntent = charge.PaymentIntent,
                Reason = isInquiry ? "fraudulent" : reason,
                Status = isInquiry ? "warning_needs_response" : "needs_response",
            },
            new DisputeRecord(isInquiry ? 0 : charge.AmountCaptured, chargeNumber));
        draft.Emit("charge.dispute.created", DocumentKind.Dispute, number);
        if (!isInquiry)
            draft.Emit("charge.dispute.funds_withdrawn", DocumentKind.Dispute, number);
    }

    public static Decided Update(Draft draft, UpdateDispute command)
    {
        if (draft.Find(DocumentKind.Dispute, command.Id) is not { Public: Dispute old } document)
            return WireError.NoSuch(draft.Request, "dispute", command.Id, "dispute", inPath: true);
        if (old.Status is not ("needs_response" or "warning_needs_response"))
            return WireError.Invalid(draft.Request, $"This dispute is already {old.Status} and can no longer be changed.");
        var submits = command.Submit && command.Evidence is not null;
        var updated = old with
        {
            Evidence = command.Evidence ?? old.Evidence,
            Metadata = MetadataUpdate.After(command.Metadata, old.Metadata),
            EvidenceDetails = old.EvidenceDetails with
            {
                HasEvidence = old.EvidenceDetails.HasEvidence || command.Evidence is not null,
                SubmissionCount = old.EvidenceDetails.SubmissionCount + (submits ? 1 : 0),
            },
            Status = !submits ? old.Status : old.Status == "needs_response" ? "under_review" : "warning_under_review",
        };
        draft.Put(DocumentKind.Dispute, document.Number, updated, document.Private);
        draft.Emit("charge.dispute.updated", DocumentKind.Dispute, document.Number, Previous.Of(old, updated, CheckoutJson.Default.Dispute));
        // The sandbox's issuer decides at once, by the words that Stripe's test mode knows.
        if (submits && updated.Evidence.UncategorizedText is WinningEvidence or LosingEvidence)
            Close(draft, draft.Find(DocumentKind.Dispute, document.Number)!, won: updated.Evidence.UncategorizedText == WinningEvidence);
        return Decided.Shows(DocumentKind.Dispute, document.Number);
    }

    /// <summary>The merchant gives up.</summary>
    public static Decided Concede(Draft draft, CloseDispute command)
    {
        if (draft.Find(DocumentKind.Dispute, command.Id) is not { Public: Dispute old } document)
            return WireError.NoSuch(draft.Request, "dispute", command.Id, "dispute", inPath: true);
        if (old.Status is not ("needs_response" or "warning_needs_response"))
            return WireError.Invalid(draft.Request, $"This dispute is already {old.Status}.");
        Close(draft, document, won: false);
        return Decided.Shows(DocumentKind.Dispute, document.Number);
    }

    private static void Close(Draft draft, CheckoutDocument document, bool won)
    {
        var (dispute, record) = ((Dispute)document.Public, (DisputeRecord)document.Private!);
        var isInquiry = dispute.Status.StartsWith("warning", StringComparison.Ordinal);
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

    private static BalanceTransaction[] Withdraw(Draft draft, Charge charge, string dispute)
    {
        var currency = Books.CurrencyOf(charge.Currency);
        var fee = Fee.OfDispute(currency);
        draft.Move(EventType.DisputeWithdrawn, TransferKind.Posted, draft.BalanceAccount(currency), Books.Receivable(currency), charge.AmountCaptured, currency, dispute);
        Books.TakeFee(draft, fee, currency, dispute);
        var id = Books.Note(draft, "adjustment", "dispute", dispute, -charge.AmountCaptured, fee, currency, $"Chargeback withdrawal for {charge.Id}", availableAtOnce: true, "Dispute fee");
        return [(BalanceTransaction)draft.Get(DocumentKind.BalanceTransaction, id).Public];
    }
}
