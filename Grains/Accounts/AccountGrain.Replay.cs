using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Ledger;

namespace Grains.Accounts;

/// <summary>
/// One way back from every anomaly. A refused entry, and all that was decided on it, come back refused; once the grain has heard
/// of all its entries it reads its state anew and decides the refused ones again, in arrival order, with the same ids, before
/// any new work. Nobody was answered yet, so nobody sees it.
/// </summary>
public sealed partial class AccountGrain
{
    private readonly List<Work> refused = [];
    private int unheard;
    private TaskCompletionSource? replay;
    private TaskCompletionSource? quiet;
    private TaskCompletionSource? allHeard;

    /// <summary>Set where the state could not be read again: it is, before anything else is decided.</summary>
    private bool stale;

    /// <summary>Ends when new work may be decided.</summary>
    private async ValueTask Ready()
    {
        while (replay is not null || quiet is not null || stale)
        {
            if ((replay ?? quiet) is { } signal)
                await signal.Task;
            else
                await ReloadStale();
        }
    }

    private async Task ReloadStale()
    {
        var signal = replay = NewSignal();
        try
        {
            await Reload();
            stale = false;
        }
        finally
        {
            replay = null;
            signal.SetResult();
        }
    }

    private async Task DecideAgain(Work work, Refusal refusal)
    {
        switch (refusal)
        {
            case Refusal.NotWritable:
                work.End(Ending.Failed);
                break;
            case Refusal.WrongShard:
                // Certainly not recorded; the process has an old map, and is to be started with the new one.
                work.End(Ending.Moved);
                break;
            case Refusal.UnknownAccount or Refusal.CurrencyMismatch:
                work.Refusal = refusal;
                work.End(Ending.Refused);
                break;
            case Refusal.DecidedOnRefused or Refusal.StaleVersion or Refusal.OutcomeLost:
                break;
            default:
                // A reason of its own, to be known at the next decision; the ones above say nothing about this work.
                work.Refusal = refusal;
                break;
        }

        if (refusal == Refusal.CreditorClosed && work is PaymentWork payment)
            Writer.Directory.Forget(payment.Instruction.Creditor.Number);
        refused.Add(work);
        replay ??= NewSignal();
        var replayed = replay.Task;
        StartReplayWhenAllHeard();
        await replayed;
    }

    private void StartReplayWhenAllHeard()
    {
        if (unheard > 0)
            return;
        allHeard?.TrySetResult();
        if (refused.Count > 0)
            _ = Replay();
    }

    private async Task Replay()
    {
        var again = refused.ToArray();
        refused.Clear();
        var done = replay!;
        try
        {
            // Arrival order is the order of ids; but a change of limits was decided while nothing else was, so before all others.
            Array.Sort(again, static (left, right) => (left is not LimitsWork, left.RowId).CompareTo((right is not LimitsWork, right.RowId)));
            // Another process has the account for now: whatever is read and decided before its time is over is refused again.
            if (again.Max(static work => work.Entry?.OwnedElsewhereFor ?? default) is var wait && wait > TimeSpan.Zero)
                await Task.Delay(wait, services.Clock);
            await AnswerTaken(again);
            await Reload();
            foreach (var work in again)
                if (work is LimitsWork limits && state is not null)
                    limits.Windows = await ReadWindows(state.Number, limits.Limits);
                else if (work is CaseWork onCase)
                    await Read(onCase);
        }
        catch (Exception exception)
        {
            // Nothing of these was recorded: they fail, and the state is read anew before the next decision.
            AccountGrainLog.ReplayFailed(services.Logger, again.Length, exception);
            stale = true;
            var ending = exception is LedgerStoreException { IsTransient: true } ? Ending.Unread : Ending.Failed;
            foreach (var work in again)
                if (work.Ending == 0)
                    work.End(ending);
        }

        foreach (var work in again)
            if (work.Ending == 0)
                DecideOrFail(work);
        replay = null;
        done.SetResult();
    }

    // A fault in one decision ends that one: the others, and all who wait for the replay, go on.
    private void DecideOrFail(Work work)
    {
        try
        {
            Decide(work, isReplay: true);
        }
        catch (Exception exception)
        {
            AccountGrainLog.ReplayFailed(services.Logger, 1, exception);
            stale = true;
            work.End(Ending.Failed);
        }
    }

    /// <summary>All keys at once: where many are sent again after a restart, a commit a key would be as many replays as keys.</summary>
    private async Task AnswerTaken(Work[] again)
    {
        var keyed = Array.FindAll(again, static work => work.Ending == 0 && !work.Key.IsNone);
        if (keyed.Length == 0)
            return;
        var taken = (await Reader.FindByKeys([.. keyed.Select(static work => work.Key).Distinct()])).ToDictionary(static row => row.Key);
        foreach (var work in keyed)
            if (taken.TryGetValue(work.Key, out var row) || work.Refusal == Refusal.DuplicateKey)
                Replayed(work, row);
    }

    /// <summary>Reads the committed state; only while none of the grain's entries is in flight.</summary>
    private async Task Reload()
    {
        var account = await Reader.FindAccount(id);
        var windows = account is null ? null : await ReadWindows(account.Number, account.Limits);
        state = account is null ? null : new AccountState(account, windows!, services.Risk is null ? null : await ReadHistory(account), services.Risk?.Incoming.Wake(account.Number));
        foreach (var (payment, soFar) in returned.ToArray())
        {
            var (amount, version) = await ReadReturned(payment);
            soFar.Read(amount, version);
        }

        FollowPending(state?.Windows);
        entries.Lane.StartGeneration();
    }

    /// <summary>Windows as the log has them: the account's rows, newest first, as far back as the longest window goes.</summary>
    private async Task<VelocityWindows> ReadWindows(long number, AccountLimits limits)
    {
        const int FirstPage = 16, LargestPage = 512;
        // Others credit the account by their own clocks: a row of theirs this much too old does not end the search.
        const long ClocksDifferMs = 5 * VelocityWindows.MinuteMs;
        var windows = new VelocityWindows(limits);
        if (windows.LongestMs == 0)
            return windows;
        var since = NowMs - windows.LongestMs;
        var paid = new Stack<LogRow>();
        var ended = new Dictionary<long, bool>();
        // Most accounts have a handful of rows in their longest window, whatever lies before it: pages start small.
        var page = FirstPage;
        for (long from = 0; ; page = Math.Min(page * 2, LargestPage))
        {
            var rows = await Reader.Activity(number, from, page);
            foreach (var row in rows)
            {
                if (PaymentReader.IsEnd(row))
                    ended[row.Payment] = row.Type == EventType.PaymentSettled;
                else if (Counts(row, number) && row.TimeMs >= since && ended.GetValueOrDefault(row.Payment, true))
                    paid.Push(row);
            }

            if (rows.Count < page || rows[^1].TimeMs < since - ClocksDifferMs)
                break;
            from = rows[^1].Debtor == number ? rows[^1].DebtorPrevious : rows[^1].CreditorPrevious;
            if (from == 0)
                break;
        }

        foreach (var row in paid)
        {
            if (PaymentReader.IsUnderWay(row) && !ended.ContainsKey(row.Payment))
            {
                // Whoever began it may be gone: this grain counts on its end, so it sees to it (FollowPending).
                windows.AddPending(row.Id, row.TimeMs, row.Amount);
            }
            else
            {
                windows.Add(row.TimeMs, row.Amount);
            }
        }

        return windows;
    }

    // A return is not the account's own payment.
    private static bool Counts(LogRow row, long number) =>
        row.Debtor == number && row.Payment == row.Id && (row.Type == EventType.PaymentSettled || PaymentReader.IsUnderWay(row)) && PaymentData.Decode(row.Data).ReturnOf is null;

    /// <summary>Decides one piece of work while nothing else is: new work waits, and all entries in flight are heard of first. True where it has an entry to wait for.</summary>
    private async Task<bool> WhileQuiet(Func<Task<Work>> prepare)
    {
        await Ready();
        var signal = quiet = NewSignal();
        Work work;
        var decided = false;
        try
        {
            while (unheard > 0 || replay is not null || stale)
            {
                if (unheard == 0 && replay is null)
                {
                    await ReloadStale();
                    continue;
                }

                allHeard = NewSignal();
                await (replay?.Task ?? allHeard.Task);
            }

            work = await prepare();
            if (!work.Key.IsNone && await Reader.FindByKey(work.Key) is { } row)
                Replayed(work, row);
            else
                decided = Decide(work, isReplay: false, isDurable: true);
        }
        finally
        {
            quiet = null;
            signal.SetResult();
        }

        return decided;
    }

    // Those who wait go on in turns of their own, never inside the one that signals.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
