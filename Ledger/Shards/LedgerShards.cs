using Grains.Interfaces.Values;

namespace Ledger.Shards;

/// <summary>
/// The ledger as its writers: one a shard, and which of them is a given account's. With one shard it is that shard's writer and
/// reader themselves, and nothing stands between.
/// </summary>
public sealed class LedgerShards
{
    private readonly LedgerWriter[] writers;

    /// <param name="writers">In the order of the map's shards; they share <paramref name="directory"/>.</param>
    /// <param name="reader">Reads all shards.</param>
    public LedgerShards(ShardMap map, IReadOnlyList<LedgerWriter> writers, ILedgerReader reader, AccountDirectory directory)
    {
        if (writers.Count != map.Shards)
            throw new ArgumentException($"The map has {map.Shards} shards, and there are {writers.Count} writers.", nameof(writers));
        this.writers = [.. writers];
        (Map, Reader, Directory) = (map, reader, directory);
    }

    /// <summary>A ledger of one shard.</summary>
    public LedgerShards(LedgerWriter writer)
        : this(ShardMap.OfOne, [writer], writer.Reader, writer.Directory)
    {
    }

    public ShardMap Map { get; }

    public IReadOnlyList<LedgerWriter> Writers => writers;

    /// <summary>All shards. What is of one alone (positions) is asked of its own writer's reader.</summary>
    public ILedgerReader Reader { get; }

    public AccountDirectory Directory { get; }

    public int Count => writers.Length;

    public int QueueDepth => writers.Sum(static writer => writer.QueueDepth);

    public int QueueLimit => writers.Sum(static writer => writer.QueueLimit);

    /// <summary>Where each shard's log ends.</summary>
    public LogCursor End => new([.. writers.Select(static writer => writer.Tail.Position)]);

    public int ShardOf(AccountId account) => Map.ShardOf(account);

    public LedgerWriter Of(AccountId account) => writers[Map.ShardOf(account)];

    /// <summary>The shard that leased a number.</summary>
    public LedgerWriter OfNumber(long number) => writers[ShardNumbers.ShardOf(number)];

    /// <summary>Ends once any shard's log reaches beyond the cursor.</summary>
    public async Task WaitBeyond(LogCursor cursor, CancellationToken cancellationToken)
    {
        if (writers.Length == 1)
        {
            await writers[0].Tail.WaitBeyond(cursor[0], cancellationToken);
            return;
        }

        using var first = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await await Task.WhenAny(writers.Select((writer, shard) => writer.Tail.WaitBeyond(cursor[shard], first.Token)));
        await first.CancelAsync();
    }

    /// <summary>The next rows after a cursor, of all shards, older ones first as far as each shard's order allows.</summary>
    public async ValueTask<IReadOnlyList<LogRow>> RowsAfter(LogCursor cursor, int limit)
    {
        if (writers.Length == 1)
            return await Reader.RowsAfter(cursor[0], limit);
        var pages = new Queue<LogRow>[writers.Length];
        for (var shard = 0; shard < pages.Length; shard++)
            pages[shard] = new Queue<LogRow>(await writers[shard].Reader.RowsAfter(cursor[shard], limit));
        var rows = new List<LogRow>(limit);
        while (rows.Count < limit && pages.Where(static page => page.Count > 0).MinBy(static page => page.Peek().TimeMs) is { } oldest)
            rows.Add(oldest.Dequeue());
        return rows;
    }
}
