namespace Ledger.Sqlite;

/// <summary>
/// Idempotency keys in their table, in epochs of neighbouring rows: what is folded together lands on the pages of one epoch,
/// however long the history is. A filter in memory says of nearly every new key that it is nowhere; only of the others is each
/// epoch asked. Keys of rows that are older than 30 days, by the product's time of the newest row, are let go; those of a transfer's
/// steps, which follow a payment's first row, are not (see <see cref="Postgres.PostgresKeys"/>).
/// </summary>
internal sealed class KeyIndex
{
    /// <summary>How long a key is kept at least, in milliseconds: 30 days.</summary>
    public const long RetentionMs = 30L * 24 * 3_600 * 1_000;

    /// <summary>An epoch is the row's id without this many low bits: 262,144 rows, some 2,000 pages.</summary>
    public const int EpochBits = 18;

    /// <summary>Rows that one transaction looks at for keys to let go.</summary>
    private const int PruneSliceRows = 4_096;

    private readonly SqliteDatabase database;
    private readonly KeyFilter filter = new();
    private long oldestEpoch;
    private long newestEpoch;
    private long prunedTo;
    private long pruningTo;

    /// <summary>Reads all keys once, for the filter: some five million a second.</summary>
    public KeyIndex(SqliteDatabase database)
    {
        this.database = database;
        var pruned = First(database.Statement("SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'keys pruned'"));
        prunedTo = pruned ?? 0;
        oldestEpoch = First(database.Statement("SELECT epoch FROM key ORDER BY epoch LIMIT 1")) ?? long.MaxValue;
        newestEpoch = First(database.Statement("SELECT epoch FROM key ORDER BY epoch DESC LIMIT 1")) ?? 0;
        var select = database.Statement("SELECT key FROM key");
        while (select.Step())
            filter.Add(select.Hash(0));
    }

    /// <summary>The row that has the key. Any thread, on a connection of its own.</summary>
    public long? Find(SqliteDatabase connection, UInt128 key)
    {
        if (!filter.MayContain(key))
            return null;
        for (var epoch = Interlocked.Read(ref newestEpoch); epoch >= Interlocked.Read(ref oldestEpoch); epoch--)
            if (First(connection.Statement("SELECT row FROM key WHERE epoch = ? AND key = ?").Bind(1, epoch).Bind(2, key)) is { } row)
                return row;
        return null;
    }

    /// <summary>The rows whose keys are in a range, newest epoch first. Any thread, on a connection of its own.</summary>
    public List<long> Find(SqliteDatabase connection, UInt128 first, UInt128 last)
    {
        var rows = new List<long>();
        for (var epoch = Interlocked.Read(ref newestEpoch); epoch >= Interlocked.Read(ref oldestEpoch); epoch--)
        {
            var select = connection.Statement("SELECT row FROM key WHERE epoch = ? AND key BETWEEN ? AND ?").Bind(1, epoch).Bind(2, first).Bind(3, last);
            while (select.Step())
                rows.Add(select.Int64(0));
        }

        return rows;
    }

    /// <summary>Inserts keys that are in <see cref="Order"/>, inside the transaction at hand; then <see cref="Inserted"/>.</summary>
    public void Insert(ReadOnlySpan<(UInt128 Key, long Row)> keys)
    {
        // After a crash, keys may be folded that were folded before it.
        var insert = database.Statement("INSERT OR IGNORE INTO key (epoch, key, row) VALUES (?, ?, ?)");
        foreach (var (key, row) in keys)
            insert.Bind(1, row >> EpochBits).Bind(2, key).Bind(3, row).Run();
    }

    /// <summary>The insertion is durable: from here on the keys are found.</summary>
    public void Inserted(ReadOnlySpan<(UInt128 Key, long Row)> keys)
    {
        foreach (var (key, row) in keys)
        {
            filter.Add(key);
            var epoch = row >> EpochBits;
            if (epoch > newestEpoch)
                Interlocked.Exchange(ref newestEpoch, epoch);
            if (epoch < oldestEpoch)
                Interlocked.Exchange(ref oldestEpoch, epoch);
        }
    }

    /// <summary>The order of the table.</summary>
    public static int Order((UInt128 Key, long Row) left, (UInt128 Key, long Row) right)
    {
        var byEpoch = (left.Row >> EpochBits).CompareTo(right.Row >> EpochBits);
        return byEpoch != 0 ? byEpoch : left.Key.CompareTo(right.Key);
    }

    /// <summary>Whether the oldest row that still has its key is old enough to lose it. Only while every key is in the index.</summary>
    public bool HasOutdated() => First(database.Statement("SELECT time FROM log WHERE id > ? ORDER BY id LIMIT 1").Bind(1, prunedTo)) is { } oldest && oldest < Cutoff();

    /// <summary>
    /// Lets go of the keys of a slice of rows inside the transaction at hand, in the order of the index. A row with a lower id that
    /// commits later than its neighbours by 30 days keeps its key, which does no harm.
    /// </summary>
    public void PruneSlice()
    {
        var cutoff = Cutoff();
        var outdated = new List<(UInt128 Key, long Row)>();
        pruningTo = prunedTo;
        var select = database.Statement("SELECT id, time, key, payment FROM log WHERE id > ? ORDER BY id LIMIT ?").Bind(1, prunedTo).Bind(2, (long)PruneSliceRows);
        while (select.Step() && select.Int64(1) < cutoff)
        {
            pruningTo = select.Int64(0);
            if (!select.IsNull(2) && (select.NullableInt64(3) ?? 0) == 0)
                outdated.Add((select.Hash(2), pruningTo));
        }

        select.Reset();
        outdated.Sort(Order);
        var delete = database.Statement("DELETE FROM key WHERE epoch = ? AND key = ? AND row = ?");
        foreach (var (key, row) in outdated)
            delete.Bind(1, row >> EpochBits).Bind(2, key).Bind(3, row).Run();
        database.Statement("INSERT INTO setting (name, value) VALUES ('keys pruned', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1").Bind(1, pruningTo.ToString()).Run();
    }

    /// <summary>The slice is durable.</summary>
    public void Pruned()
    {
        prunedTo = pruningTo;
        Interlocked.Exchange(ref oldestEpoch, First(database.Statement("SELECT epoch FROM key ORDER BY epoch LIMIT 1")) ?? long.MaxValue);
    }

    private long Cutoff() => (First(database.Statement("SELECT time FROM log ORDER BY id DESC LIMIT 1")) ?? 0) - RetentionMs;

    private static long? First(PreparedStatement select)
    {
        long? value = select.Step() ? select.Int64(0) : null;
        select.Reset();
        return value;
    }
}
