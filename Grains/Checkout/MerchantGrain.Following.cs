using Grains.Acquirers;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>What an acquirer did and may still change: it is asked by itself from time to time, and when it says that something happened.</summary>
public sealed partial class MerchantGrain
{
    private async Task<bool> RefundDue(DueCall work)
    {
        if (await Recorded(work.Id) is { Private: RefundRecord { Followed: not null, CourseAtMs: var atMs } } && atMs == work.AtMs)
            return await FollowRefund(work.Id);
        return await Run(work, draft => RefundDecisions.RunCourse(draft, draft.Find(DocumentKind.Refund, work.Id)!, work.AtMs));
    }

    /// <summary>False where it is asked for already, or is not followed.</summary>
    private async Task<bool> FollowRefund(long number)
    {
        if (await Recorded(number) is not { Private: RefundRecord { Followed: { } attempt } } || !performing.Add(attempt.Key))
            return false;
        try
        {
            var answer = await Call(attempt, static (acquirer, request) => acquirer.Find(request, CancellationToken.None));
            await Commit(Ours, await Tenant(), draft => RefundDecisions.Follow(draft, draft.Find(DocumentKind.Refund, number)!, answer));
            return true;
        }
        finally
        {
            performing.Remove(attempt.Key);
        }
    }

    private async Task<bool> DisputeDue(DueCall work)
    {
        if (await Recorded(work.Id) is { Public: Dispute dispute, Private: DisputeRecord { Reference: { } reference, AskAtMs: var atMs } } && atMs == work.AtMs && DocumentId.TryParse(dispute.PaymentIntent, book.Bucket, out _, out var intent))
            return await TakeDispute(intent, reference);
        return await Run(work, draft => Decided.Shows(DocumentKind.Dispute, work.Id));
    }

    /// <summary>Takes over a dispute as the acquirer has it now. False where it is to be asked for again.</summary>
    private async Task<bool> TakeDispute(long intent, string reference)
    {
        if (services.Disputes is not { } acquirer || !performing.Add(reference))
            return false;
        try
        {
            if (await acquirer.FindDispute(reference, CancellationToken.None) is not { } theirs)
                return true;
            var outcome = await Commit(Ours, await Tenant(), draft => DisputeDecisions.Take(draft, intent, theirs));
            return outcome.Answer is { Status: 200 };
        }
        catch (AcquirerSilentException silence)
        {
            MerchantGrainLog.NoAnswer(services.Logger, reference, silence);
            return false;
        }
        finally
        {
            performing.Remove(reference);
        }
    }
}
