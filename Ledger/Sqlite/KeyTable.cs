namespace Ledger.Sqlite;

/// <summary>
/// Idempotency keys, unique for 30 days at least. Inserting random keys one by one would touch a page of the index each, so new
/// keys stand in the log's own rows and in memory (the tail), and are folded into the <see cref="KeyIndex"/> many at a time, in
/// its order, in slices that ride along with commits. After a crash the tail is read again from the rows beyond the folded
/// position.
/// </summary>
internal sealed class KeyTable
{
    /// <summary>The tail's length at which folding starts; while a fold runs, as many may come again.</summary>
    public const int FoldAt = 65_536;

    private const int SliceOfLoadedBatch = 2;
    private const int SmallestSlice = 64;

    private readonly SqliteDatabase database;
    private readonly Lock gate = new();
    private readonly Dictionary<UInt128, long> tail = [];
    private readonly Dictionary<UInt128, long> pending = [];
    private (UInt128 Key, long Row)[]? folding;
    private int folded;
    private int sliceLength;
    private long foldingTo;

    public KeyTable(SqliteDatabase database)
    {
        this.database = database;
        Index = new KeyIndex(database);
        ReadTail();
    }

    public KeyIndex Index { get; }

    public int TailLength
    {
        get
        {
            lock (gate)
                return tail.Count;
        }
    }

    /// <summary>Takes the key for a row of the batch at hand; false where it is taken.</summary>
    public bool TryTake(UInt128 key, long row)
    {
        if (pending.ContainsKey(key) || FindInTail(key) is not null || Index.Find(database, key) is not null)
            return false;
        pending.Add(key, row);
        return true;
    }

    public void GiveBack(UInt128 key) => pending.Remove(key);

    /// <summary>The newest keys, that the index does not have yet. Any thread.</summary>
    public long? FindInTail(UInt128 key)
    {
        lock (gate)
            return tail.TryGetValue(key, out var row) ? row : null;
    }

    /// <summary>Keys of the tail in a range. Any thread.</summary>
    public List<long> FindInTail(UInt128 first, UInt128 last)
    {
        lock (gate)
            return [.. tail.Where(entry => entry.Key >= first && entry.Key <= last).Select(static entry => entry.Value)];
    }

    /// <summary>Folds a slice inside the transaction at hand, about twice as many keys as the batch brings.</summary>
    public void FoldSlice(bool always)
    {
        sliceLength = 0;
        if (folding is null && !StartFold(always))
            return;
        var length = Math.Min(folding!.Length - folded, always ? 4_096 : Math.Max(SmallestSlice, pending.Count * SliceOfLoadedBatch));
        Index.Insert(folding.AsSpan(folded, length));
        sliceLength = length;
        if (folded + length == folding.Length)
            database.Statement("INSERT INTO setting (name, value) VALUES ('keys folded', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1").Bind(1, foldingTo.ToString()).Run();
    }

    /// <summary>The position up to which all rows are committed, as the next fold will record it.</summary>
    public long CommittedTo { get; set; }

    public void Committed()
    {
        if (folding is not null)
            Index.Inserted(folding.AsSpan(folded, sliceLength));
        lock (gate)
        {
            foreach (var (key, row) in pending)
                tail.Add(key, row);
            if (folding is not null)
                foreach (var (key, _) in folding.AsSpan(folded, sliceLength))
                    tail.Remove(key);
        }

        pending.Clear();
        folded += sliceLength;
        sliceLength = 0;
        if (folding is null || folded < folding.Length)
            return;
        folding = null;
        folded = 0;
    }

    public void RolledBack()
    {
        pending.Clear();
        sliceLength = 0;
    }

    private bool StartFold(bool always)
    {
        lock (gate)
        {
            if (tail.Count == 0 || (!always && tail.Count < FoldAt))
                return false;
            folding = [.. tail.Select(static entry => (entry.Key, entry.Value))];
        }

        Array.Sort(folding, KeyIndex.Order);
        folded = 0;
        foldingTo = CommittedTo;
        return true;
    }

    private void ReadTail()
    {
        var setting = database.Statement("SELECT value FROM setting WHERE name = 'keys folded'");
        var foldedTo = setting.Step() ? long.Parse(setting.Text(0)) : 0;
        setting.Reset();
        var first = database.Statement("SELECT min(first_id) FROM batch WHERE last_position > ? AND first_position >= (SELECT coalesce(max(first_position), 0) FROM batch WHERE first_position <= ?)")
            .Bind(1, foldedTo).Bind(2, foldedTo);
        var firstId = first.Step() && !first.IsNull(0) ? first.Int64(0) : 0;
        first.Reset();
        // All keys lie in the index.
        if (firstId == 0)
            return;
        var select = database.Statement("SELECT key, id FROM log WHERE id >= ? AND position > ? AND key IS NOT NULL").Bind(1, firstId).Bind(2, foldedTo);
        while (select.Step())
            tail[select.Hash(0)] = select.Int64(1);
    }
}
