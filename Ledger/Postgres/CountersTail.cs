namespace Ledger.Postgres;

/// <summary>
/// Keeps the counters behind while this process is alone on the database. A batch's accounts stand on as many pages, and writing
/// them there was half of what the server did for a small one; instead it appends one row with all that it changed
/// (<c>counters_tail</c>), looks at no account, and a sweep writes each account once, in slices that ride along with commits.
/// Alone is whose number stands in <c>log_head.behind</c>: every commit takes that row's lock and looks, and whoever else wants to
/// write sweeps the tail and takes the number away first. From then on both write in place, until one has been alone for a while.
/// </summary>
internal sealed class CountersTail(TimeProvider timeProvider)
{
    private const int SmallestSlice = 64;

    /// <summary>A slice in a quiet moment: a few milliseconds, which a payment that comes then may wait for.</summary>
    private const int QuietSlice = 512;

    private readonly List<CachedAccount> changed = [];
    private UnsweptCounters unswept = new(65_536);
    private long aloneSince = timeProvider.GetTimestamp();
    private long writer;
    private bool hasDeadRows;
    private long vacuumedAt;

    /// <summary>
    /// How long no other process must have committed. Longer than two that take turns need for one; and taking it away costs no more
    /// than writing in place would have: each account is written once.
    /// </summary>
    public TimeSpan AloneFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Changes of an account in a batch after which a sweep starts.</summary>
    public int SweepAt
    {
        init => unswept = new UnsweptCounters(value);
    }

    /// <summary>
    /// How large the tail may become while what was let go of cannot be used again, because somebody (a dump, a long report) still
    /// might look at it. Beyond it, everything is written in place until it can. A tail that is vacuumed has some 20 MB.
    /// </summary>
    public long LongestBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>How long after a vacuum that was in vain the next is tried.</summary>
    public TimeSpan VacuumAgainAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The writer's number in <c>log_head.behind</c>, as far as this process knows; 0 while it writes in place. Any thread.</summary>
    public long Writer => Interlocked.Read(ref writer);

    public bool IsKept => Writer != 0;

    /// <summary>How the batch at hand is to be written.</summary>
    public CommitWay Way => IsKept ? CommitWay.Behind : !IsTooLong && timeProvider.GetElapsedTime(aloneSince) >= AloneFor ? CommitWay.InPlaceThenBehind : CommitWay.InPlace;

    /// <summary>Whether the tail is longer than it may be, and cannot be vacuumed.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Whether rows of the tail were let go of, whose room the server does not use again by itself for a minute.</summary>
    public bool IsToVacuum => hasDeadRows || (IsTooLong && timeProvider.GetElapsedTime(vacuumedAt) >= VacuumAgainAfter);

    /// <summary>Accounts that the batch at hand writes to their rows, besides its own.</summary>
    public ReadOnlySpan<long> Swept => unswept.Slice;

    /// <summary>Up to which position the tail is done with then; 0 for nothing.</summary>
    public long SweptTo => unswept.DoneTo;

    /// <summary>What the batch at hand changes.</summary>
    public IReadOnlyList<CachedAccount> Changed => changed;

    /// <summary>
    /// What the tail has of an account, and the writer whose tail need not be looked at then. To be asked before the table is read,
    /// from any thread: an account leaves this memory only after the table has it, and is never newer than the status beside it.
    /// </summary>
    public (long Known, CounterState? Kept) Find(long account)
    {
        var known = Writer;
        return (known, known != 0 && unswept.TryFind(account, out var state) ? state : null);
    }

    /// <summary>The newer of what was read and what was remembered before.</summary>
    public static AccountRecord Newest(AccountRecord read, CounterState? kept) =>
        kept is { } state && (state.Activity, state.Version).CompareTo((read.Activity, read.Version)) > 0 ? state.On(read) : read;

    /// <summary>Swept accounts' counters as they were before the batch at hand.</summary>
    public CounterState Of(long account) => unswept[account];

    /// <summary>Takes what the batch changed, and its slice of a sweep.</summary>
    public void Prepare(CachedAccounts accounts, long committedTo)
    {
        changed.Clear();
        foreach (var account in accounts.Touched)
            if (account.IsChanged)
                changed.Add(account);
        // A batch without a row only looks.
        unswept.TakeSlice(changed.Count == 0 ? 0 : Math.Max(SmallestSlice, changed.Count), committedTo);
    }

    /// <summary>Takes a slice for a quiet moment, however little there is to sweep. False where there is nothing.</summary>
    public bool PrepareSlice(long committedTo)
    {
        unswept.TakeSlice(QuietSlice, committedTo, always: true);
        return !Swept.IsEmpty;
    }

    /// <summary>The slice of a quiet moment is written.</summary>
    public void SliceWritten()
    {
        hasDeadRows |= unswept.DoneTo > 0;
        unswept.Committed([]);
    }

    /// <summary>The tail was vacuumed, or it was tried.</summary>
    /// <param name="isTooLong">Whether it is longer than it may be, and has rows that could not be removed.</param>
    public void Vacuumed(bool isTooLong)
    {
        (hasDeadRows, IsTooLong, vacuumedAt) = (false, isTooLong, timeProvider.GetTimestamp());
    }

    /// <param name="way">How the batch was written.</param>
    /// <param name="number">The writer's.</param>
    /// <param name="isNext">Whether it stands next to this process's last one in the log.</param>
    /// <returns>Whether the counters are behind from now on, and were not before.</returns>
    public bool Committed(CommitWay way, long number, bool isNext)
    {
        if (way == CommitWay.Behind)
        {
            hasDeadRows |= unswept.DoneTo > 0;
            unswept.Committed(changed);
        }
        else if (way == CommitWay.InPlaceThenBehind)
        {
            Interlocked.Exchange(ref writer, number);
            return true;
        }
        else if (!isNext)
        {
            aloneSince = timeProvider.GetTimestamp();
        }

        return false;
    }

    /// <summary>The batch at hand is not committed.</summary>
    public void RolledBack() => unswept.RolledBack();

    /// <summary>The tail was swept, and all stands in the table: another process writes too.</summary>
    public void Ended()
    {
        Interlocked.Exchange(ref writer, 0);
        unswept.Clear();
        aloneSince = timeProvider.GetTimestamp();
        hasDeadRows = true;
    }
}

/// <summary>How a batch is written, as <c>commit_batch</c> takes it.</summary>
internal enum CommitWay : short
{
    /// <summary>Each account where it still is in the state that the batch was decided on.</summary>
    InPlace = 1,

    /// <summary>Likewise; and the counters are behind from then on.</summary>
    InPlaceThenBehind = 2,

    /// <summary>What changed, in one row of the tail: if nobody else wrote since.</summary>
    Behind = 3,
}
