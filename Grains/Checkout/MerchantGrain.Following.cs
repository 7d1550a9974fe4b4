using Grains.Acquirers;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>What an acquirer did and may still change: it is asked by itself from time to time, and when it says that something happened.</summary>
public sealed partial class MerchantGrain
{
    /// <summary>Questions under way, by what they are about.</summary>
    private readonly Dictionary<string, Task> following = [];

    /// <summary>Questions that wait for the one under way, and so hear what came meanwhile: one is enough for all who were told then.</summary>
    private readonly Dictionary<string, Task<bool>> followingNext = [];

    public async Task<bool> TakeDispute(DisputeNotice notice)
    {
        await Ready();
        return !TryFindSubject(notice.AttemptKey, out var intent) || await TakeDispute(intent, notice.Dispute, null);
    }

    private async Task<bool> RefundDue(DueCall work) =>
        await Recorded(work.Id) is { Private: RefundRecord { Followed: { } attempt, FollowAtMs: var atMs } } && atMs == work.AtMs
            ? await InPlace(() => FollowRefund(work.Id, attempt, work))
            : await StruckUnless(work, draft => draft.Find(DocumentKind.Refund, work.Id) is { Private: RefundRecord { FollowAtMs: var due } } && due == work.AtMs);

    private async Task<bool> DisputeDue(DueCall work) =>
        await Recorded(work.Id) is { Public: Dispute dispute, Private: DisputeRecord { Reference: { } reference, AskAtMs: var atMs } } && atMs == work.AtMs && DocumentId.TryParse(dispute.PaymentIntent, book.Bucket, out _, out var intent)
            ? await InPlace(() => TakeDispute(intent, reference, work))
            : await StruckUnless(work, draft => draft.Find(DocumentKind.Dispute, work.Id) is { Private: DisputeRecord { AskAtMs: var due } } && due == work.AtMs);

    // Much may be due at once after hours without a process: the acquirer is not to be flooded, nor other due work kept waiting.
    private async Task<bool> InPlace(Func<Task<bool>> ask)
    {
        if (!services.FollowPlaces.Wait(0))
            return false;
        try
        {
            return await ask();
        }
        finally
        {
            services.FollowPlaces.Release();
        }
    }

    /// <summary>Asks what became of a refund. False where it is to be asked for again.</summary>
    /// <param name="work">Whose time has come; null where somebody said that something happened.</param>
    private Task<bool> FollowRefund(long number, Attempt attempt, DueCall? work) => Asking(attempt.Key, work, async acquirer =>
    {
        var answer = await acquirer.FindRefund(Attempts.Request(attempt), CancellationToken.None);
        var outcome = await Commit(Ours, await Tenant(), draft => RefundDecisions.Follow(draft, draft.Find(DocumentKind.Refund, number)!, answer, work));
        return outcome.Answer!;
    });

    /// <summary>Takes over a dispute as the acquirer has it now. False where it is to be asked for again.</summary>
    private Task<bool> TakeDispute(long intent, string reference, DueCall? work) => Asking(reference, work, async acquirer =>
    {
        var theirs = await acquirer.FindDispute(reference, CancellationToken.None);
        string? fault = null;
        var outcome = await Commit(Ours, await Tenant(), draft => DisputeDecisions.Take(draft, intent, reference, theirs, acquirer.Since, work, out fault));
        if (fault is not null)
            MerchantGrainLog.NotTakenOver(services.Logger, reference, fault);
        return outcome.Answer!;
    });

    private async Task<bool> Asking(string subject, DueCall? work, Func<IFollowedAcquirer, Task<WireAnswer>> ask)
    {
        if (services.Followed is not { } acquirer)
            return false;
        if (!following.ContainsKey(subject))
            return await Ask(subject, acquirer, ask);
        // What is due comes again.
        if (work is not null)
            return false;
        if (!followingNext.TryGetValue(subject, out var next))
            followingNext[subject] = next = AskNext(subject, acquirer, ask);
        return await next;
    }

    private async Task<bool> AskNext(string subject, IFollowedAcquirer acquirer, Func<IFollowedAcquirer, Task<WireAnswer>> ask)
    {
        while (following.TryGetValue(subject, out var other))
            await other;
        followingNext.Remove(subject);
        return await Ask(subject, acquirer, ask);
    }

    private async Task<bool> Ask(string subject, IFollowedAcquirer acquirer, Func<IFollowedAcquirer, Task<WireAnswer>> ask)
    {
        var ended = new TaskCompletionSource();
        following[subject] = ended.Task;
        try
        {
            // Where the payment is under way (409), or nothing could be recorded (503), it is asked for again.
            if (await ask(acquirer) is not { Status: not 200 } refused)
                return true;
            MerchantGrainLog.NotFollowed(services.Logger, subject, refused.Status);
            return false;
        }
        catch (AcquirerSilentException silence)
        {
            MerchantGrainLog.NoAnswer(services.Logger, subject, silence);
            return false;
        }
        finally
        {
            following.Remove(subject);
            ended.SetResult();
        }
    }
}
