using Ledger.Shards;

namespace Gateway.Wire;

/// <summary>
/// What all shards have, newest first: each shard's own order, merged by time. Its cursor says before which id of each shard the
/// reading goes on; with one shard that is the id alone.
/// </summary>
/// <param name="from">Where to begin; a place of 0 is the shard's newest.</param>
/// <param name="read">A page of a shard, newest first, before an id.</param>
internal sealed class NewestFirst<TItem>(LogCursor from, Func<int, long, ValueTask<IReadOnlyList<TItem>>> read, Func<TItem, long> id, Func<TItem, long> timeMs)
    where TItem : class
{
    private readonly Queue<TItem>?[] pages = new Queue<TItem>?[from.Shards];
    private readonly bool[] ended = new bool[from.Shards];

    /// <summary>Before which ids it goes on.</summary>
    public LogCursor Cursor { get; private set; } = from;

    /// <summary>The next one, which stays the next one until it is taken; null at the end.</summary>
    public async ValueTask<TItem?> Peek()
    {
        TItem? newest = null;
        for (var shard = 0; shard < pages.Length; shard++)
            if (await Page(shard) is { Count: > 0 } page && (newest is null || timeMs(page.Peek()) > timeMs(newest)))
                newest = page.Peek();
        return newest;
    }

    public void Take(TItem item)
    {
        var shard = ShardNumbers.ShardOf(id(item));
        pages[shard]!.Dequeue();
        Cursor = Cursor.With(shard, id(item));
    }

    private async ValueTask<Queue<TItem>> Page(int shard)
    {
        var page = pages[shard];
        if (page is { Count: > 0 } || ended[shard])
            return page!;
        page = pages[shard] = new Queue<TItem>(await read(shard, Cursor[shard]));
        ended[shard] = page.Count == 0;
        return page;
    }
}
