using Grains.Acquirers;
using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>Disputes that an acquirer opened: each is taken over once, and is what the acquirer says of it.</summary>
internal static partial class DisputeDecisions
{
    /// <summary>Takes over a dispute as it is at the acquirer now. What is none of ours is passed over; where the payment is still under way, it is for later (409).</summary>
    public static Decided Take(Draft draft, long intentNumber, AcquirerDispute theirs)
    {
        var nothing = Decided.Answers(default, 0, new WireAnswer(200, []));
        if (draft.Find(DocumentKind.PaymentIntent, intentNumber) is not { Public: PaymentIntent intent } document)
            return nothing;
        if (Attempts.Of(document) is not null)
            return new WireAnswer(409, []);
        // Another ledger on the same account counts its payments, too.
        if (intent.LatestCharge is null || draft.Get(DocumentKind.Charge, intent.LatestCharge) is not { Private: ChargeRecord record } chargeDocument || record.Authorization != theirs.Authorization)
            return nothing;
        var charge = (Charge)chargeDocument.Public;
        if (!charge.Captured || charge.Currency != theirs.Currency)
            throw new InvalidOperationException($"{theirs.Reference} is over {theirs.Amount} {theirs.Currency}, which {charge.Id} did not take.");
        if (!IsOver(theirs.Status) && theirs.Status is not ("needs_response" or "under_review" or "warning_needs_response" or "warning_under_review"))
            throw new InvalidOperationException($"{theirs.Reference} is '{theirs.Status}': nobody said here what that is.");
        if (record.Disputes?.FirstOrDefault(taken => taken.Reference == theirs.Reference) is not { Number: var number })
        {
            number = draft.NewNumber();
            draft.Put(DocumentKind.Charge, chargeDocument.Number, charge, record with { Disputes = [.. record.Disputes ?? [], new TakenDispute(theirs.Reference, number)] });
            // What is over already was open once: its money went the same way.
            var status = !IsOver(theirs.Status) ? theirs.Status : IsInquiry(theirs.Status) ? "warning_needs_response" : "needs_response";
            var askAtMs = FollowUp.NextMs(draft.Now, draft.NowMs);
            Open(draft, chargeDocument.Number, theirs.Amount, theirs.Reason, status, Details(theirs), new DisputeRecord(0, chargeDocument.Number, theirs.Reference, askAtMs), number);
            draft.Due(DueKind.Dispute, number, askAtMs);
        }

        Follow(draft, draft.Find(DocumentKind.Dispute, number)!, theirs);
        return Decided.Shows(DocumentKind.Dispute, number);
    }

    private static void Follow(Draft draft, CheckoutDocument document, AcquirerDispute theirs)
    {
        var (number, ours) = (document.Number, (Dispute)document.Public);
        // What ended has ended, but for money that comes back after all.
        if (IsOver(ours.Status) && !(ours.Status == "lost" && theirs.Status == "won"))
            return;
        if (IsInquiry(ours.Status) && !IsInquiry(theirs.Status))
            Escalate(draft, document, theirs.Amount, theirs.DueBy);
        document = AskLater(draft, draft.Find(DocumentKind.Dispute, number)!, isOver: IsOver(theirs.Status));
        if (IsOver(theirs.Status))
        {
            Close(draft, document, won: theirs.Status == "won");
            return;
        }

        ours = (Dispute)document.Public;
        var updated = ours with { EvidenceDetails = Details(theirs), Status = theirs.Status };
        if (updated == ours)
            return;
        draft.Put(DocumentKind.Dispute, number, updated, document.Private);
        draft.Emit("charge.dispute.updated", DocumentKind.Dispute, number, Previous.Of(ours, updated, CheckoutJson.Default.Dispute));
    }

    // What is not due yet stays due.
    private static CheckoutDocument AskLater(Draft draft, CheckoutDocument document, bool isOver)
    {
        var record = (DisputeRecord)document.Private!;
        if (record.AskAtMs == 0 || (record.AskAtMs > draft.NowMs && !isOver))
            return document;
        draft.DueDone(DueKind.Dispute, document.Number, record.AskAtMs);
        var askAtMs = isOver ? 0 : FollowUp.NextMs(((Dispute)document.Public).Created, draft.NowMs);
        if (askAtMs != 0)
            draft.Due(DueKind.Dispute, document.Number, askAtMs);
        draft.Put(DocumentKind.Dispute, document.Number, document.Public, record with { AskAtMs = askAtMs });
        return draft.Find(DocumentKind.Dispute, document.Number)!;
    }

    private static bool IsTaken(CheckoutDocument document) => ((DisputeRecord)document.Private!).Reference is not null;

    private static bool IsOver(string status) => status is "won" or "lost" or "warning_closed";

    private static EvidenceDetails Details(AcquirerDispute theirs) =>
        new() { DueBy = theirs.DueBy, HasEvidence = theirs.HasEvidence, PastDue = theirs.PastDue, SubmissionCount = theirs.SubmissionCount };
}
