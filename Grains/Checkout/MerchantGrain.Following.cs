using Grains.Acquirers;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>What an acquirer did and may still change: it is asked by itself from time to time, and when it says that something happened.</summary>
public sealed partial class MerchantGrain
{
    public async Task<bool> TakeDispute(DisputeNotice notice)
    {
        await Ready();
        return !TryFindSubject(notice.AttemptKey, out var intent) || await TakeDispute(intent, notice.Dispute, null);
    }

    /// <summary>False where it is to be asked for again: it is asked for already.</summary>
    /// <param name="work">Whose time has come; null where somebody said that something happened.</param>
    private async Task<bool> FollowRefund(long number, DueCall? work)
    {
        if (await Recorded(number) is not { Private: RefundRecord { Followed: { } attempt } })
            return work is null || await Run(work, static _ => Decided.Unasked);
        if (!performing.Add(attempt.Key))
            return false;
        try
        {
            var answer = await Call(attempt, static (acquirer, request) => acquirer.Find(request, CancellationToken.None));
            var outcome = await Commit(Ours, await Tenant(), draft => RefundDecisions.Follow(draft, draft.Find(DocumentKind.Refund, number)!, answer, work));
            return outcome.Answer is { Status: 200 };
        }
        finally
        {
            performing.Remove(attempt.Key);
        }
    }

    private async Task<bool> DisputeDue(DueCall work) =>
        await Recorded(work.Id) is { Public: Dispute dispute, Private: DisputeRecord { Reference: { } reference } } && DocumentId.TryParse(dispute.PaymentIntent, book.Bucket, out _, out var intent)
            ? await TakeDispute(intent, reference, work)
            : await Run(work, static _ => Decided.Unasked);

    /// <summary>Takes over a dispute as the acquirer has it now. False where it is to be asked for again.</summary>
    private async Task<bool> TakeDispute(long intent, string reference, DueCall? work)
    {
        if (services.Disputes is not { } acquirer || !performing.Add(reference))
            return false;
        try
        {
            var theirs = await acquirer.FindDispute(reference, CancellationToken.None);
            string? fault = null;
            var outcome = await Commit(Ours, await Tenant(), draft => DisputeDecisions.Take(draft, intent, reference, theirs, acquirer.Since, work, out fault));
            if (fault is not null)
                MerchantGrainLog.NotTakenOver(services.Logger, reference, fault);
            // Where the payment is under way (409), or nothing could be recorded (503).
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
