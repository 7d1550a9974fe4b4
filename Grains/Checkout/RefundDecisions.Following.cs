using Grains.Acquirers;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>Refunds of an acquirer that says later what became of them: it is asked, and its word is taken over once.</summary>
internal static partial class RefundDecisions
{
    /// <summary>How long after it was made a refund that arrived may still come back: card networks take up to thirty days from when it is posted.</summary>
    private const long MayComeBackForMs = 40L * 24 * 3600 * 1000;

    /// <summary>Takes over what the acquirer says of a refund that it took, and asks again later where it may still fail.</summary>
    /// <param name="answer">Null where it said nothing.</param>
    /// <param name="work">Whose time has come; null where a notice came between: what is due stays due.</param>
    public static Decided Follow(Draft draft, CheckoutDocument document, AcquirerAnswer? answer, DueCall? work)
    {
        var (refund, record) = ((Refund)document.Public, (RefundRecord)document.Private!);
        if (work is not null)
            draft.DueDone(DueKind.FollowRefund, document.Number, work.AtMs);
        if (record.Followed is null)
            return Decided.Shows(DocumentKind.Refund, document.Number);
        if (answer?.Outcome == AcquirerOutcome.Declined)
        {
            draft.DueDone(DueKind.FollowRefund, document.Number, record.FollowAtMs);
            ComeBack(draft, document, answer.DeclineCode ?? "unknown");
            return Decided.Shows(DocumentKind.Refund, document.Number);
        }

        var arrives = refund.Status == "pending" && answer is { Refund: RefundCourse.Arrives };
        var isDue = work?.AtMs == record.FollowAtMs;
        if (isDue)
        {
            // Of what was not heard of it is not said that it is over.
            var isOver = answer is not null && (refund.Status == "succeeded" || arrives) && draft.NowMs - (refund.Created * 1_000) > MayComeBackForMs;
            record = isOver ? Settled(document) : record with { FollowAtMs = FollowUp.NextMs(refund.Created, draft.NowMs) };
            if (!isOver)
                draft.Due(DueKind.FollowRefund, document.Number, record.FollowAtMs);
        }

        if (arrives)
            Arrive(draft, document, record);
        else if (isDue)
            draft.Put(DocumentKind.Refund, document.Number, refund, record);
        return Decided.Shows(DocumentKind.Refund, document.Number);
    }
}
