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

    private readonly UnsweptCounters unswept = new(SweepAt);
    private byte[] encoded = new byte[64 * 1024];

    /// <summary>Whether the table is behind.</summary>
    public bool IsEmpty => unswept.IsEmpty;

    /// <summary>
    /// The committed counters of an account that the table does not have yet. Any thread; who then reads the table where there are
    /// none reads counters at least as new as this answer.
    /// </summary>
    public bool TryFind(long account, out CounterState state) => unswept.TryFind(account, out state);

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
        unswept.TakeSlice(always ? IdleSlice : Math.Max(SmallestSlice, changedByBatch), committedTo, always);
        var update = UpdateStatement(database);
        foreach (var account in unswept.Slice)
        {
            // As committed before this batch: what the batch changed is in its own row of the tail, and stays there.
            update.Bind(1, account);
            unswept[account].Bind(update, 2);
            update.Run();
        }

        if (unswept.DoneTo > 0)
            database.Statement("DELETE FROM counters_tail WHERE position <= ?").Bind(1, unswept.DoneTo).Run();
    }

    public void Committed(List<AccountRow> changed) => unswept.Committed(changed);

    public void RolledBack() => unswept.RolledBack();

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

    public void Emptied() => unswept.Clear();

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

    private static PreparedStatement UpdateStatement(SqliteDatabase database) => database.Statement(
        "UPDATE counters SET debits_posted=?2, credits_posted=?3, debits_pending=?4, credits_pending=?5, version=?6, event_version=?7, last_row=?8, activity=?9 WHERE account=?1");
}
