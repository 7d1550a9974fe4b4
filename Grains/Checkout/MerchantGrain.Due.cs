using Grains.Interfaces;
using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>Work whose time has come. It may come more than once; what is done already is only struck off.</summary>
public sealed partial class MerchantGrain
{
    /// <summary>What the product does by itself is nobody's request.</summary>
    private static readonly RequestFacts Ours = new("", null, "2024-04-10", [], "");

    public async Task<DueOutcome> DoDue(DueCall call)
    {
        await Ready();
        var done = call.Kind switch
        {
            DueKind.Resolve => await ResolveDue(call),
            DueKind.Expire => await Expire(call),
            DueKind.RefundCourse => await Run(call, draft => RefundDecisions.RunCourse(draft, draft.Find(DocumentKind.Refund, call.Id)!, call.AtMs)),
            DueKind.FollowRefund => await RefundDue(call),
            DueKind.FollowDispute => await DisputeDue(call),
            DueKind.Deliver => await Deliver(call),
            DueKind.PayoutCourse => await Run(call, draft => PayoutDecisions.RunCourse(draft, draft.Find(DocumentKind.Payout, call.Id)!, call.AtMs)),
            DueKind.EndSession => await Run(call, draft => SessionDecisions.End(draft, draft.Find(DocumentKind.CheckoutSession, call.Id)!, call.AtMs)),
            DueKind.EndReview => await Run(call, draft => ReviewDecisions.Expire(draft, call.Id)),
            _ => throw new InvalidOperationException($"Due work '{call.Kind}' is unknown to the merchant's grain."),
        };
        return done ? DueOutcome.Done : DueOutcome.Later;
    }

    public async Task<bool> Notify(AcquirerNotice notice)
    {
        await Ready();
        if (!TryFindSubject(notice.AttemptKey, out var number) || !await Resolve(number))
            return false;
        // Its answer is recorded; what became of it since is asked for now, or later.
        if (await Recorded(number) is { Private: RefundRecord { Followed: { } attempt } })
            await FollowRefund(number, attempt, null);
        return true;
    }

    private bool TryFindSubject(string attemptKey, out long number)
    {
        number = 0;
        return attemptKey.LastIndexOf(':') is >= 0 and var colon && DocumentId.TryParse(attemptKey[..colon], book.Bucket, out _, out number);
    }

    private async Task<bool> ResolveDue(DueCall work)
    {
        await Resolve(work.Id);
        // An answer that could not be recorded leaves the attempt, and its due time with it.
        return await StruckUnless(work, draft => Attempts.Of(draft.FindAny(work.Id)) is not null);
    }

    /// <summary>Strikes off what is not due any more, as it stands in the same draft: what is remembered may be behind. False where it is still due.</summary>
    private async Task<bool> StruckUnless(DueCall work, Func<Draft, bool> isDue)
    {
        var struck = false;
        var outcome = await Commit(Ours, await Tenant(), draft =>
        {
            struck = !isDue(draft);
            return struck ? Struck(draft, work) : Decided.Unasked;
        });
        return struck && outcome.Answer is { Status: 200 };
    }

    private async Task<bool> Expire(DueCall work)
    {
        var tenant = await Tenant();
        var outcome = await Commit(Ours, tenant, draft =>
        {
            var document = draft.Find(DocumentKind.PaymentIntent, work.Id)!;
            var (intent, record) = IntentDecisions.Parts(document);
            if (record.Attempt is not null)
                return Decided.Shows(DocumentKind.PaymentIntent, work.Id);
            return intent.Status == IntentStatus.RequiresCapture && record.CaptureBeforeMs <= draft.NowMs
                ? AuthorizationDecisions.Void(draft, document, null, isExpiry: true)
                : Struck(draft, work, document);
        });
        if (outcome.Waits is { } attempt)
            await Perform(attempt.Kind, attempt.Number, attempt.Attempt, tenant);
        return outcome.Waits is not null;
    }

    // What is struck off in the same draft as it is done may come again, and does nothing then.
    private async Task<bool> Run(DueCall work, Func<Draft, Decided> decide)
    {
        await Commit(Ours, await Tenant(), draft =>
        {
            draft.DueDone(work.Kind, work.Id, work.AtMs);
            return decide(draft);
        });
        return true;
    }

    private static Decided Struck(Draft draft, DueCall work) => Struck(draft, work, null);

    private static Decided Struck(Draft draft, DueCall work, CheckoutDocument? shown)
    {
        draft.DueDone(work.Kind, work.Id, work.AtMs);
        return shown is null ? Decided.Unasked : Decided.Shows(shown.Kind, shown.Number);
    }
}
