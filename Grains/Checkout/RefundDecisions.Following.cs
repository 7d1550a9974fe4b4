using Grains.Acquirers;
using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>Refunds of an acquirer that says later what became of them: it is asked, and its word is taken over once.</summary>
internal static partial class RefundDecisions
{
    /// <summary>How long after it was made a refund that arrived may still come back: card networks take up to thirty days from when it is posted.</summary>
    private const long MayComeBackForMs = 40L * 24 * 3600 * 1000;

    /// <summary>Takes over what the acquirer says of a refund that it took, and asks again later where it may still fail.</summary>
    /// <param name="answer">Null where it said nothing.</param>
    public static Decided Follow(Draft draft, CheckoutDocument document, AcquirerAnswer? answer)
    {
        var (refund, record) = ((Refund)document.Public, (RefundRecord)document.Private!);
        if (record.Followed is null)
            return Decided.Shows(DocumentKind.Refund, document.Number);
        if (answer?.Outcome == AcquirerOutcome.Declined)
        {
            draft.DueDone(DueKind.RefundCourse, document.Number, record.CourseAtMs);
            ComeBack(draft, document, answer.DeclineCode ?? "unknown");
            return Decided.Shows(DocumentKind.Refund, document.Number);
        }

        var arrives = refund.Status == "pending" && answer is { Refund: RefundCourse.Arrives };
        // A notice came between: what is due stays due.
        var isDue = record.CourseAtMs <= draft.NowMs;
        if (isDue)
        {
            draft.DueDone(DueKind.RefundCourse, document.Number, record.CourseAtMs);
            var isOver = (refund.Status == "succeeded" || arrives) && draft.NowMs - (refund.Created * 1_000) > MayComeBackForMs;
            record = isOver ? Settled(document) : record with { CourseAtMs = FollowUp.NextMs(refund.Created, draft.NowMs) };
            if (!isOver)
                draft.Due(DueKind.RefundCourse, document.Number, record.CourseAtMs);
        }

        if (arrives)
            Arrive(draft, document, record);
        else if (isDue)
            draft.Put(DocumentKind.Refund, document.Number, refund, record);
        return Decided.Shows(DocumentKind.Refund, document.Number);
    }
}
