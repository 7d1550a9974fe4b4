namespace Ledger.Postgres;

/// <summary>
/// Keeps the counters behind, together with all other processes that do. A batch's accounts stand on as many pages, and looking at them
/// and writing them there was half of what the server did; instead a batch appends one row with all that it changed
/// (<c>counters_tail</c>), and a sweep writes each account once, in slices that ride along with commits. What the others appended is
/// taken over before a batch is decided; that nothing was missed, the head of the log says at the commit. <c>log_head.behind</c> has the
/// tail's name, as long as all who write share it. Whoever needs the table itself sweeps the tail, which ends the name; from then on all
/// write in place, each account compared, for a while.
/// </summary>
internal sealed class CountersTail(TimeProvider timeProvider)
{
    private const int SmallestSlice = 64;

    /// <summary>A slice in a quiet moment: a few milliseconds, which a payment that comes then may wait for.</summary>
    private const int QuietSlice = 512;

    /// <summary>Changed accounts that are no burden to whoever looks for one in the tail: some 20 µs.</summary>
    private const int Short = 4_096;

    private static readonly TimeSpan SeenLately = TimeSpan.FromMilliseconds(100);

    private readonly List<CachedAccount> changed = [];
    private UnsweptCounters unswept = new(65_536);
    private long inPlaceSince = timeProvider.GetTimestamp();
    private long name;
    private long seen;
    private long sweptTo;
    private bool hasDeadRows;
    private volatile bool isDoubted;
    private long vacuumedAt;
    private long seenAt;

    /// <summary>
    /// How long everything is written in place after somebody ended the tail: ending it costs no more than writing in place would have
    /// (each account is written once), and who does so, because two drive one account or a release before writes too, does it again.
    /// </summary>
    public TimeSpan InPlaceFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Changes of an account in a batch after which a sweep starts.</summary>
    public int SweepAt
    {
        init => unswept = new UnsweptCounters(value);
    }

    /// <summary>
    /// How large the tail may become while what was let go of cannot be used again, because somebody (a dump, a long report) still
    /// might look at it. Beyond it, everything is written in place until it can. A tail that is vacuumed has some 20 MB for each process
    /// that writes much.
    /// </summary>
    public long LongestBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>How long after a vacuum that was in vain the next is tried.</summary>
    public TimeSpan VacuumAgainAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What stands in <c>log_head.behind</c>, as far as this process knows; 0 while it writes in place. Any thread.</summary>
    public long Name => Interlocked.Read(ref name);

    /// <summary>Up to which position of the log all that was changed is known here.</summary>
    public long Seen => Interlocked.Read(ref seen);

    /// <summary>Whether another process had committed since this one last looked, or tried to commit.</summary>
    public bool FoundOthers { get; private set; }

    /// <summary>Whether others may have appended so much since that it is better read before the lock.</summary>
    public bool IsToLookAt => IsKept && FoundOthers && timeProvider.GetElapsedTime(seenAt) > SeenLately;

    /// <summary>What need not be looked for in the tail by whoever then looks here; to be asked before. Any thread.</summary>
    public (long Name, long Seen) Known => isDoubted ? default : (Name, Seen);

    public bool IsKept => Name != 0;

    /// <summary>Whether a quiet moment's sweep is of use: others read what is swept before they have seen it from the table, account by account.</summary>
    public bool IsWorthASlice => IsKept && (!FoundOthers || unswept.Count >= Short);

    /// <summary>How the batch at hand is to be written.</summary>
    public CommitWay Way => IsKept ? CommitWay.Behind : !IsTooLong && timeProvider.GetElapsedTime(inPlaceSince) >= InPlaceFor ? CommitWay.InPlaceThenBehind : CommitWay.InPlace;

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
    /// What is remembered of an account in the tail, and what need not be looked for there then. To be asked before the table is read, from
    /// any thread: an account leaves this memory only after the table has it, and is never newer than the status beside it.
    /// </summary>
    public (long Name, long Seen, CounterState? Kept) Find(long account)
    {
        var (known, upTo) = (Name, Seen);
        return (known, upTo, known != 0 && unswept.TryFind(account, out var state) ? state : null);
    }

    /// <summary>As <see cref="Find"/>, for who only reads: nothing while it is not known whose server answers.</summary>
    public (long Name, long Seen, CounterState? Kept) FindToRead(long account) => isDoubted ? default : Find(account);

    /// <summary>
    /// The way to the server broke: behind the next one may be a standby that never had what is remembered here. Until the server says that it
    /// has, by a commit or by how its tail stands, nothing of it is told to who only reads. Any thread.
    /// </summary>
    public void Doubt() => isDoubted = true;

    /// <summary>The newer of what was read and what was remembered before.</summary>
    public static AccountRecord Newest(AccountRecord read, CounterState? kept) =>
        kept is { } state && state.IsAfter(CounterState.Of(read)) ? state.On(read) : read;

    /// <summary>Swept accounts' counters as they were before the batch at hand.</summary>
    public CounterState Of(long account) => unswept[account];

    /// <summary>Takes what the batch changed, and its slice of a sweep.</summary>
    public void Prepare(CachedAccounts accounts)
    {
        changed.Clear();
        foreach (var account in accounts.Touched)
            if (account.IsChanged)
                changed.Add(account);
        // A batch without a row only looks.
        unswept.TakeSlice(changed.Count == 0 ? 0 : Math.Max(SmallestSlice, changed.Count), Seen);
    }

    /// <summary>Takes a slice for a quiet moment, however little there is to sweep. False where there is nothing.</summary>
    public bool PrepareSlice()
    {
        unswept.TakeSlice(QuietSlice, Seen, always: true);
        return !Swept.IsEmpty;
    }

    /// <summary>The slice of a quiet moment is written.</summary>
    public void SliceWritten() => Written([], Seen);

    /// <summary>The tail was vacuumed, or it was tried.</summary>
    /// <param name="isTooLong">Whether it is longer than it may be, and has rows that could not be removed.</param>
    public void Vacuumed(bool isTooLong)
    {
        (hasDeadRows, IsTooLong, vacuumedAt) = (false, isTooLong, timeProvider.GetTimestamp());
    }

    /// <param name="way">How the batch was written.</param>
    /// <param name="position">Where the log ended with it.</param>
    /// <returns>Whether the counters are behind from now on, and were not before.</returns>
    public bool Committed(CommitWay way, long position)
    {
        if (way == CommitWay.Behind)
            Written(changed, position);
        if (way != CommitWay.InPlaceThenBehind)
            return false;
        // In place nothing is remembered; and nothing of before may ever be swept over what came since.
        unswept.Clear();
        Named(-position, position, sweptSoFar: position);
        return true;
    }

    /// <summary>The slice of a quiet moment is not written, since another process came between: it is left to that one.</summary>
    public void SliceRefused() => unswept.LeaveToOthers();

    /// <summary>The batch at hand is not committed.</summary>
    public void RolledBack() => unswept.RolledBack();

    /// <summary>Takes up a tail that others keep: the whole of it is read next, and then it is <see cref="Named"/>.</summary>
    public void Join()
    {
        unswept.Clear();
        unswept.IsAnothersTurn = true;
    }

    /// <summary>Others swept up to a position. What is remembered goes with it, where the log was not seen up to there.</summary>
    /// <returns>Whether something was missed: then the whole tail is read next.</returns>
    public bool SweptByOthers(long to)
    {
        if (to <= sweptTo)
            return false;
        if (to > Seen)
            Join();
        else
            unswept.SweptByAnother(to);
        return to > Seen;
    }

    /// <summary>What another process changed, in the order of the tail.</summary>
    public void Take(long account, in CounterState state, long position) => unswept.Take(account, state, position);

    /// <summary>A commit was refused, since another process committed meanwhile.</summary>
    public void CameSecond() => FoundOthers = true;

    /// <summary>The end of the log was looked at: what others appended up to there is taken over next.</summary>
    public void Looked(long position) => FoundOthers = position != Seen;

    /// <summary>All that was changed up to a position is remembered here, of the tail of that name.</summary>
    /// <param name="sweptSoFar">Up to which position it was swept then.</param>
    public void Named(long newName, long position, long sweptSoFar)
    {
        (sweptTo, seenAt, isDoubted) = (sweptSoFar, timeProvider.GetTimestamp(), false);
        Interlocked.Exchange(ref seen, position);
        Interlocked.Exchange(ref name, newName);
    }

    /// <summary>The tail was swept, or another name was taken: here all is written in place from now on, or the other one is joined.</summary>
    public void Ended()
    {
        Interlocked.Exchange(ref name, 0);
        isDoubted = false;
        unswept.Clear();
        inPlaceSince = timeProvider.GetTimestamp();
        hasDeadRows = true;
    }

    private void Written(IReadOnlyList<AccountRow> accounts, long position)
    {
        sweptTo = Math.Max(sweptTo, unswept.DoneTo);
        hasDeadRows |= unswept.DoneTo > 0;
        unswept.Committed(accounts, position);
        isDoubted = false;
        seenAt = timeProvider.GetTimestamp();
        Interlocked.Exchange(ref seen, position);
    }
}

/// <summary>How a batch is written, as <c>commit_batch</c> takes it.</summary>
internal enum CommitWay : short
{
    /// <summary>Each account where it still is in the state that the batch was decided on.</summary>
    InPlace = 1,

    /// <summary>What changed, in one row of the tail: if nobody wrote since that this process does not know of.</summary>
    Behind = 3,

    /// <summary>In place; and the counters are behind from then on, under the negative of the position as their name.</summary>
    InPlaceThenBehind = 4,
}
