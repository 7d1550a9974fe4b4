using System.Globalization;

namespace Ledger.Shards;

/// <summary>
/// A place in the log of every shard. As text it is opaque to callers: with one shard its position, with more their positions
/// with a dot between.
/// </summary>
public readonly struct LogCursor(IReadOnlyList<long> places)
{
    /// <summary>Beyond every position and every id that a shard leases: what is larger was never told to anybody.</summary>
    private const long MaxPlace = 1L << 62;

    public long this[int shard] => places[shard];

    public int Shards => places.Count;

    /// <summary>A place in the log of the only shard.</summary>
    public static LogCursor At(long place) => new([place]);

    /// <summary>Before the first row.</summary>
    public static LogCursor Start(int shards) => new(new long[shards]);

    public static bool TryParse(string text, int shards, out LogCursor cursor)
    {
        var parts = text.Split('.');
        var places = new long[shards];
        cursor = new LogCursor(places);
        // A bare 0 is the beginning, however many shards there are.
        if (text == "0")
            return true;
        if (parts.Length != shards)
            return false;
        for (var shard = 0; shard < shards; shard++)
            if (!long.TryParse(parts[shard], NumberStyles.None, CultureInfo.InvariantCulture, out places[shard]) || places[shard] > MaxPlace)
                return false;
        return true;
    }

    /// <summary>The cursor after this row was read.</summary>
    public LogCursor After(LogRow row) => With(ShardNumbers.ShardOf(row.Id), row.Position);

    public LogCursor With(int shard, long place)
    {
        var next = places.ToArray();
        next[shard] = place;
        return new LogCursor(next);
    }

    /// <summary>Of each shard the earlier place.</summary>
    public LogCursor Earlier(LogCursor other)
    {
        var next = places.ToArray();
        for (var shard = 0; shard < next.Length; shard++)
            next[shard] = Math.Min(next[shard], other[shard]);
        return new LogCursor(next);
    }

    /// <summary>About so many rows earlier, as many of each shard.</summary>
    public LogCursor Back(long rows)
    {
        var ofEach = (rows + places.Count - 1) / places.Count;
        return new LogCursor([.. places.Select(place => Math.Max(0, place - ofEach))]);
    }

    /// <summary>How many rows it is behind another one.</summary>
    public long Behind(LogCursor end)
    {
        var behind = 0L;
        for (var shard = 0; shard < places.Count; shard++)
            behind += Math.Max(0, end[shard] - places[shard]);
        return behind;
    }

    public override string ToString() => string.Join('.', places.Select(static place => place.ToString(CultureInfo.InvariantCulture)));
}
