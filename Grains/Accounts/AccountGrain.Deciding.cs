using Ledger;

namespace Grains.Accounts;

public sealed partial class AccountGrain
{
    /// <summary>How often one request is decided before the grain gives up on it, with nothing recorded.</summary>
    private const int MaxDecisions = 100;

    /// <summary>How long a duplicate waits for the first request with its key.</summary>
    private static readonly TimeSpan DuplicateWait = TimeSpan.FromSeconds(2);

    private readonly IdempotencyMemory memory = new();
    private readonly Dictionary<UInt128, Work> inFlightByKey = [];

    /// <summary>Runs a request to its end: the first answer, or the one that its key got before.</summary>
    private async Task Run(Work work, long debit)
    {
        var refreshed = false;
        while (true)
        {
            await Ready();
            if (inFlightByKey.TryGetValue(work.Key.Value, out var first) && first.MayHoldKey)
            {
                if (await Follow(work, first))
                    return;
                continue;
            }

            if (memory.TryFind(work.Key, out var row))
            {
                Replayed(work, await Reader.FindRow(row));
                return;
            }

            // Money that came in since is seen before a decline for funds.
            if (state is null || refreshed || state.Covers(debit))
                break;
            refreshed = true;
            await RefreshCredits();
        }

        // From here to the commit there is no await: nothing can come between check and act.
        if (Decide(work, isReplay: false) || (work.Ending == 0 && await DecideWhileQuiet(work)))
            await UntilEnded(work);
    }

    /// <summary>
    /// The deciding step of a request that has nothing to wait for, which is nearly every one: false, and nothing has happened, where
    /// it has. Then <see cref="Run"/> does the same with its awaits.
    /// </summary>
    private bool TryDecideAtOnce(Work work, long debit) =>
        replay is null && quiet is null && !stale && state is not null && state.Covers(debit)
        && !inFlightByKey.ContainsKey(work.Key.Value) && !memory.TryFind(work.Key, out _)
        && Decide(work, isReplay: false);

    /// <summary>
    /// Nothing is to be recorded: so no commit confirms the refusal, and none looks whether the key is taken; and what was
    /// recorded under it may be why it is refused now. It is decided once more, on durable state alone, after a look at the
    /// keys of the ledger.
    /// </summary>
    private Task<bool> DecideWhileQuiet(Work work) => WhileQuiet(async () =>
    {
        if (work is CaseWork onCase)
            await Read(onCase);
        return work;
    });

    /// <summary>
    /// The time of the next decision. An account's own never goes back, though the machine's may, or the one of the owner before
    /// was ahead: a payment of its future would be in no window of this one's, and nowhere that the payer has been.
    /// </summary>
    private long DecidesAtMs() => decidedAtMs = Math.Max(Math.Max(decidedAtMs, NowMs), state is null ? 0 : Math.Max(state.Windows.LatestMs, state.History?.LatestMs ?? 0));

    /// <summary>
    /// The deciding step. False where there is no entry: the work has ended, or its refusal must be confirmed
    /// (<paramref name="isDurable"/> says that the state is, and the refusal final).
    /// </summary>
    private bool Decide(Work work, bool isReplay, bool isDurable = false)
    {
        if (++work.Decisions > MaxDecisions)
        {
            work.End(Ending.Overloaded);
            return false;
        }

        var before = work.Entry;
        var entry = work.Decide(state, entries, DecidesAtMs());
        work.Entry = entry;
        if (entry is null)
        {
            if (isDurable)
                work.End(Ending.Refused);
            return false;
        }

        if (isReplay)
        {
            Writer.EnqueueReplay(entry, before);
        }
        else
        {
            var admission = Writer.TryEnqueue(entry);
            if (admission != Admission.Admitted)
            {
                work.End(admission == Admission.QueueFull ? Ending.Overloaded : Ending.ShuttingDown);
                return false;
            }

            if (!work.Key.IsNone)
                inFlightByKey[work.Key.Value] = work;
        }

        state = work.Apply(state);
        if (work is LimitsWork)
            FollowPending(state?.Windows);
        unheard++;
        return true;
    }

    private async Task UntilEnded(Work work)
    {
        var refusal = await work.Entry!.Committed;
        if (refusal == Refusal.None)
            Recorded(work);
        else
            await UntilEnded(work, refusal);
    }

    /// <summary>After a refusal: decided again, and again if need be, until it ends.</summary>
    private async Task UntilEnded(Work work, Refusal refusal)
    {
        try
        {
            while (work.Ending == 0)
            {
                unheard--;
                await DecideAgain(work, refusal);
                if (work.Ending == 0 && work.Entry is null)
                    await DecideWhileQuiet(work);
                if (work.Ending != 0)
                    return;
                refusal = await work.Entry!.Committed;
                if (refusal != Refusal.None)
                    continue;
                Recorded(work);
                return;
            }
        }
        finally
        {
            LetGo(work);
        }
    }

    private void Recorded(Work work)
    {
        unheard--;
        if (!work.Key.IsNone)
            memory.Remember(work.Key, work.RowId);
        work.End(Ending.Recorded);
        LetGo(work);
        StartReplayWhenAllHeard();
    }

    private void LetGo(Work work)
    {
        if (inFlightByKey.TryGetValue(work.Key.Value, out var first) && first == work)
            inFlightByKey.Remove(work.Key.Value);
        work.TellFollowers();
    }

    /// <summary>Waits for the first request with the same key. False where that one recorded nothing: this one then goes on by itself.</summary>
    private async Task<bool> Follow(Work work, Work first)
    {
        if (first.RequestHash != work.RequestHash)
        {
            work.End(Ending.KeyReused);
            return true;
        }

        try
        {
            await first.Ended.WaitAsync(DuplicateWait, services.Clock);
        }
        catch (TimeoutException)
        {
            work.End(Ending.KeyInUse);
            return true;
        }

        if (first.Ending is not (Ending.Recorded or Ending.Replayed))
            return false;
        Replayed(work, await Reader.FindRow(first.Row?.Id ?? first.RowId));
        return true;
    }

    /// <summary>There is no place for the work's money on its way to another shard: it ends unrecorded, unless its key has an answer already.</summary>
    private async Task EndUnadmitted(Work work)
    {
        await Ready();
        if (inFlightByKey.TryGetValue(work.Key.Value, out var first) && first.MayHoldKey && await Follow(work, first))
            return;
        if (await Reader.FindByKey(work.Key) is { } row)
            Replayed(work, row);
        else
            work.End(Ending.OtherShard);
    }

    private void Replayed(Work work, LogRow? row)
    {
        if (row is null)
            throw new InvalidDataException($"The row that took a key of account {id} is gone.");
        if (row.RequestHash == work.RequestHash)
            work.End(Ending.Replayed, row);
        else
            work.End(Ending.KeyReused);
    }

    private async Task RefreshCredits()
    {
        if (state is not null && await Reader.FindAccount(state.Number) is { } committed)
            state?.RefreshCredits(committed.Counters);
    }
}
