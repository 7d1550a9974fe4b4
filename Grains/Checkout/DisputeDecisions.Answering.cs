using Grains.Acquirers;
using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>What a merchant says to a dispute that an acquirer opened: it is an attempt like any other, and done once the acquirer has it.</summary>
internal static partial class DisputeDecisions
{
    private static Decided Begin(Draft draft, CheckoutDocument document, Dispute dispute, AcquirerOperation operation, DisputeEvidence? evidence, bool submits)
    {
        var record = (DisputeRecord)document.Private!;
        if (record.Attempt is not null)
            return WireError.Invalid(draft.Request, "An answer to this dispute is on its way to the acquirer. Try again once it is there.");
        var acquirer = ((ChargeRecord)draft.Get(DocumentKind.Charge, dispute.Charge).Private!).Acquirer;
        var attempt = Attempts.New(draft, dispute.Id, record.Attempts, operation, dispute.Amount, dispute.Currency, acquirer) with { Authorization = record.Reference, Evidence = evidence, Final = submits };
        draft.Put(DocumentKind.Dispute, document.Number, dispute, record with { Attempt = attempt, Attempts = record.Attempts + 1 });
        draft.Due(DueKind.Resolve, document.Number, attempt.AskAtMs);
        return Decided.WaitsFor(DocumentKind.Dispute, document.Number);
    }

    /// <summary>What the acquirer's answer makes of it. How the dispute ends is asked for.</summary>
    public static Decided Apply(Draft draft, CheckoutDocument document, Attempt attempt, AcquirerAnswer answer)
    {
        var (number, dispute, record) = (document.Number, (Dispute)document.Public, (DisputeRecord)document.Private! with { Attempt = null });
        draft.Put(DocumentKind.Dispute, number, dispute, record);
        if (answer.Outcome != AcquirerOutcome.Approved)
            return Decided.Answers(DocumentKind.Dispute, number, WireError.Invalid(attempt.Request, $"The acquirer does not take this answer to the dispute ({answer.Code})."));
        if (attempt.Operation == AcquirerOperation.Concede)
        {
            if (!IsOver(dispute.Status))
                Close(draft, AskLater(draft, draft.Find(DocumentKind.Dispute, number)!, isOver: true), won: false);
            return Decided.Shows(DocumentKind.Dispute, number);
        }

        // It may have been asked for, and counted, before its answer came.
        var isFirst = attempt.Final && dispute.Status is "needs_response" or "warning_needs_response";
        var updated = dispute with
        {
            Evidence = attempt.Evidence is null ? dispute.Evidence : Merged(dispute.Evidence, attempt.Evidence),
            EvidenceDetails = dispute.EvidenceDetails with { HasEvidence = true, SubmissionCount = dispute.EvidenceDetails.SubmissionCount + (isFirst ? 1 : 0) },
            Status = !isFirst ? dispute.Status : dispute.Status == "needs_response" ? "under_review" : "warning_under_review",
        };
        draft.Put(DocumentKind.Dispute, number, updated, record);
        draft.Emit("charge.dispute.updated", DocumentKind.Dispute, number, Previous.Of(dispute, updated, CheckoutJson.Default.Dispute));
        return Decided.Shows(DocumentKind.Dispute, number);
    }
}
