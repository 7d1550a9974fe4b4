using System.Runtime.InteropServices;

namespace Ledger.Sqlite;

/// <summary>
/// Counters that changed since they were last written to their table. A payment's two accounts stand on two pages of
/// <c>counters</c>, so that a small batch would write mostly those. Instead a batch appends one row with all that it changed,
/// and a sweep writes each account once, in the table's order, in slices that ride along with commits. The newest row that
/// names an account has its counters; where none does, the table has. After a crash the tail is swept at the start.
/// </summary>
internal sealed class CountersTail(SqliteDatabase database)
{
    /// <summary>Changes of an account in a batch, after which a sweep starts; while it runs, as many may come again.</summary>
    public const int SweepAt = 32_768;

    private const int SmallestSlice = 64;
    private const int IdleSlice = 4_096;

    private readonly Lock gate = new();
    private readonly Dictionary<long, CounterState> unswept = [];
    private byte[] encoded = new byte[64 * 1024];
    private long[]? sweeping;
    private int swept;
    private int slice;
    private int changes;
    private long sweepingTo;

    /// <summary>Whether the table is behind.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (gate)
                return unswept.Count == 0;
        }
    }

    /// <summary>
    /// The committed counters of an account that the table does not have yet. Any thread; who then reads the table where there are
    /// none reads counters at least as new as this answer.
    /// </summary>
    public bool TryFind(long account, out CounterState state)
    {
        lock (gate)
            return unswept.TryGetValue(account, out state);
    }

    /// <summary>Writes what the batch at hand changed.</summary>
    public void Write(long position, List<AccountRow> changed)
    {
        if (encoded.Length < changed.Count * CounterState.MaxEncodedLength)
            encoded = new byte[changed.Count * CounterState.MaxEncodedLength];
        var length = 0;
        foreach (var account in changed)
            length += account.Now.Encode(account.Number, encoded.AsSpan(length));
        database.Statement("INSERT INTO counters_tail (position, changes) VALUES (?, ?)").Bind(1, position).Bind(2, encoded.AsSpan(0, length)).Run();
    }

    /// <summary>Writes a slice of the table inside the transaction at hand, about as many accounts as the batch changed.</summary>
    public void SweepSlice(int changedByBatch, long committedTo, bool always)
    {
        slice = 0;
        if (sweeping is null && !StartSweep(committedTo, always))
            return;
        var update = UpdateStatement(database);
        slice = Math.Min(sweeping!.Length - swept, always ? IdleSlice : Math.Max(SmallestSlice, changedByBatch));
        foreach (var account in sweeping.AsSpan(swept, slice))
        {
            // As committed before this batch: what the batch changed is in its own row of the tail, and stays there.
            update.Bind(1, account);
            unswept[account].Bind(update, 2);
            update.Run();
        }

        // What came while the sweep ran may have been swept with it: where nothing is left, the table has all of the tail.
        if (swept + slice == sweeping.Length)
            database.Statement("DELETE FROM counters_tail WHERE position <= ?").Bind(1, unswept.Count == slice ? committedTo : sweepingTo).Run();
    }

    public void Committed(List<AccountRow> changed)
    {
        lock (gate)
        {
            if (slice > 0)
                foreach (var account in sweeping.AsSpan(swept, slice))
                    unswept.Remove(account);
            foreach (var account in changed)
                CollectionsMarshal.GetValueRefOrAddDefault(unswept, account.Number, out _) = account.Now;
        }

        changes += changed.Count;
        swept += slice;
        slice = 0;
        if (sweeping is not null && swept == sweeping.Length)
            sweeping = null;
    }

    public void RolledBack() => slice = 0;

    /// <summary>Writes the whole tail to the table, inside the transaction at hand, as the file has it; then <see cref="Emptied"/>.</summary>
    public void SweepAll()
    {
        var update = UpdateStatement(database);
        foreach (var (account, state) in Read(database))
        {
            update.Bind(1, account);
            state.Bind(update, 2);
            update.Run();
        }

        database.Statement("DELETE FROM counters_tail").Run();
    }

    public void Emptied()
    {
        lock (gate)
            unswept.Clear();
        (sweeping, swept, slice, changes) = (null, 0, 0, 0);
    }

    /// <summary>The tail as the file has it at this moment.</summary>
    /// <exception cref="LedgerDamagedException">It holds what was never written there.</exception>
    public static Dictionary<long, CounterState> Read(SqliteDatabase database)
    {
        var states = new Dictionary<long, CounterState>();
        var select = database.Statement("SELECT changes FROM counters_tail ORDER BY position");
        try
        {
            while (select.Step())
                for (var rest = select.Bytes(0); !rest.IsEmpty;)
                {
                    var state = CounterState.Decode(ref rest, out var account);
                    states[account] = state;
                }
        }
        finally
        {
            select.Reset();
        }

        return states;
    }

    private bool StartSweep(long committedTo, bool always)
    {
        if (unswept.Count == 0 || (!always && changes < SweepAt))
            return false;
        sweeping = [.. unswept.Keys];
        Array.Sort(sweeping);
        (swept, changes, sweepingTo) = (0, 0, committedTo);
        return true;
    }

    private static PreparedStatement UpdateStatement(SqliteDatabase database) => database.Statement(
        "UPDATE counters SET debits_posted=?2, credits_posted=?3, debits_pending=?4, credits_pending=?5, version=?6, event_version=?7, last_row=?8, activity=?9 WHERE account=?1");
}
