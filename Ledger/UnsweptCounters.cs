using System.Runtime.InteropServices;

namespace Ledger;

/// <summary>
/// Committed counters that their table does not have yet, and the sweep that writes them there in slices, in the table's order.
/// Changes come from the writing thread; any thread may look. Who first looks here, and then reads the table where there are none,
/// reads counters at least as new as the look.
/// </summary>
/// <param name="sweepAt">Changes of an account in a batch, after which a sweep starts; while it runs, as many may come again.</param>
internal sealed class UnsweptCounters(int sweepAt)
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, (CounterState State, long Position)> unswept = [];
    private long[]? sweeping;
    private int swept;
    private int slice;
    private int changes;
    private long sweepingTo;

    public bool IsEmpty => Count == 0;

    /// <summary>How many accounts there are.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return unswept.Count;
        }
    }

    /// <summary>
    /// Whether another process swept last what both remember, or is thought to: it is waited for half as long again, so that not both do it.
    /// </summary>
    public bool IsAnothersTurn { get; set; }

    /// <summary>Accounts that the batch at hand writes to the table, in order, as they were committed before it.</summary>
    public ReadOnlySpan<long> Slice => slice == 0 ? [] : sweeping.AsSpan(swept, slice);

    /// <summary>Up to which position the tail is done with once the slice is written; 0 where the sweep does not end with it.</summary>
    public long DoneTo { get; private set; }

    public CounterState this[long account] => unswept[account].State;

    public bool TryFind(long account, out CounterState state)
    {
        lock (gate)
        {
            var isFound = unswept.TryGetValue(account, out var found);
            state = found.State;
            return isFound;
        }
    }

    /// <summary>Takes the next slice for the batch at hand; none while there is little to sweep.</summary>
    /// <param name="longest">How many accounts it may have.</param>
    /// <param name="committedTo">The position of the last commit.</param>
    /// <param name="always">Whether a sweep starts however little there is.</param>
    public void TakeSlice(int longest, long committedTo, bool always = false)
    {
        (slice, DoneTo) = (0, 0);
        if (sweeping is null && !Start(committedTo, always))
            return;
        slice = Math.Min(sweeping!.Length - swept, longest);
        // What came while the sweep ran may have been swept with it: where nothing is left, the table has all of the tail.
        if (swept + slice == sweeping.Length)
            DoneTo = unswept.Count == slice ? committedTo : sweepingTo;
    }

    /// <summary>The batch is committed, with its slice.</summary>
    /// <param name="position">Where its changes stand in the tail; 0 where nobody else sweeps it.</param>
    public void Committed(IReadOnlyList<AccountRow> changed, long position = 0)
    {
        lock (gate)
        {
            foreach (var account in Slice)
                unswept.Remove(account);
            for (var i = 0; i < changed.Count; i++)
                Set(changed[i].Number, changed[i].Now, position);
        }

        changes += changed.Count;
        swept += slice;
        if (sweeping is not null && swept == sweeping.Length)
            sweeping = null;
        RolledBack();
    }

    /// <summary>What another process changed, in the order of the tail.</summary>
    public void Take(long account, in CounterState state, long position)
    {
        lock (gate)
            Set(account, state, position);
        changes++;
    }

    /// <summary>Another process swept up to a position: the table has all that changed no more since.</summary>
    public void SweptByAnother(long to)
    {
        lock (gate)
        {
            foreach (var (account, (_, position)) in unswept)
                if (position <= to)
                    unswept.Remove(account);
        }

        LeaveToOthers();
    }

    /// <summary>It is another process's turn to sweep.</summary>
    public void LeaveToOthers()
    {
        (sweeping, swept, changes) = (null, 0, Count);
        IsAnothersTurn = true;
        RolledBack();
    }

    public void RolledBack() => (slice, DoneTo) = (0, 0);

    /// <summary>The table has all.</summary>
    public void Clear()
    {
        lock (gate)
            unswept.Clear();
        (sweeping, swept, changes) = (null, 0, 0);
        IsAnothersTurn = false;
        RolledBack();
    }

    private void Set(long account, in CounterState state, long position) =>
        CollectionsMarshal.GetValueRefOrAddDefault(unswept, account, out _) = (state, position);

    private bool Start(long committedTo, bool always)
    {
        if (unswept.Count == 0 || (!always && changes < (IsAnothersTurn ? sweepAt + (sweepAt / 2) : sweepAt)))
            return false;
        sweeping = [.. unswept.Keys];
        Array.Sort(sweeping);
        (swept, changes, sweepingTo) = (0, 0, committedTo);
        IsAnothersTurn = false;
        return true;
    }
}
