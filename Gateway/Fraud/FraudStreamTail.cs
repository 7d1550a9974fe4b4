using Ledger.Shards;
using Microsoft.Extensions.Hosting;

namespace Gateway.Fraud;

/// <summary>
/// The newest events of the fraud stream, read, opened and rendered once for all readers: with many of them, doing so for each would
/// cost the payments their processor. It reads on while somebody waits for more, and no more often than each <see cref="Pace"/>, so
/// that under load a reader is woken for many events at once; what comes after a silence is told at once.
/// </summary>
internal sealed class FraudStreamTail(FraudStreamReader reader, LedgerShards shards, IHostApplicationLifetime lifetime, TimeProvider timeProvider)
{
    /// <summary>The most events that it keeps.</summary>
    private const int MaxEvents = 4_096;

    /// <summary>The most bytes of rendered events that it keeps.</summary>
    private const int MaxBytes = 16 * 1024 * 1024;

    private const int PageEvents = 200;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    private readonly Lock gate = new();
    private readonly FraudStreamEvent[] ring = new FraudStreamEvent[MaxEvents];

    // Numbers of the oldest event that is kept and of the one to come; they only grow, whatever is forgotten.
    private long oldest;
    private long next;
    private long bytes;
    private int readers;
    private int beginnings;

    // Everything of the stream after floor and up to head is kept.
    private LogCursor floor = shards.End;
    private LogCursor head = shards.End;
    private Task? reading;
    private long readAt;

    /// <summary>Counts a reader until <see cref="Leave"/>: while there is none, the tail falls behind and need not catch up.</summary>
    public void Join()
    {
        lock (gate)
        {
            if (readers++ > 0)
                return;
            Array.Clear(ring);
            (oldest, bytes, beginnings) = (next, 0, beginnings + 1);
            floor = head = shards.End;
        }
    }

    public void Leave()
    {
        lock (gate)
            readers--;
    }

    /// <summary>What is kept of after a cursor, a page at most; null where the tail does not reach back so far.</summary>
    /// <param name="place">Where in the tail the reader is: −1 at first, then as it was left.</param>
    public FraudStreamPage? After(LogCursor cursor, ref long place)
    {
        lock (gate)
        {
            if (place < oldest)
            {
                if (!Reaches(cursor))
                    return null;
                place = oldest;
            }

            var found = new List<FraudStreamEvent>(Math.Min(PageEvents, (int)(next - place)));
            for (; place < next && found.Count < PageEvents; place++)
                if (ring[place % MaxEvents] is var kept && kept.Position > cursor[kept.Shard])
                    found.Add(kept);
            return new FraudStreamPage(found, End(cursor, found, place), place < next);
        }
    }

    /// <summary>Ends once there may be more after a place and its cursor.</summary>
    public Task More(long place, LogCursor cursor)
    {
        lock (gate)
        {
            if (place < next || cursor.Behind(head) > 0)
                return Task.CompletedTask;
            return reading ??= Task.Run(ReadOn);
        }
    }

    // A cursor before floor in any shard may lack events that are kept no more.
    private bool Reaches(LogCursor cursor)
    {
        for (var shard = 0; shard < cursor.Shards; shard++)
            if (cursor[shard] < floor[shard])
                return false;
        return true;
    }

    // Who has all that is kept is as far as the log was read, past what is not of the stream.
    private LogCursor End(LogCursor cursor, List<FraudStreamEvent> found, long place)
    {
        if (place < next)
        {
            foreach (var taken in found)
                cursor = cursor.With(taken.Shard, taken.Position);
            return cursor;
        }

        for (var shard = 0; shard < cursor.Shards; shard++)
            if (head[shard] > cursor[shard])
                cursor = cursor.With(shard, head[shard]);
        return cursor;
    }

    private async Task ReadOn()
    {
        try
        {
            var (from, beginning) = Head();
            await shards.WaitBeyond(from, lifetime.ApplicationStopping);
            var rest = Pace - timeProvider.GetElapsedTime(Interlocked.Read(ref readAt));
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, timeProvider, lifetime.ApplicationStopping);
            Interlocked.Exchange(ref readAt, timeProvider.GetTimestamp());
            if (await reader.After(from) is { } page)
                Keep(beginning, page);
        }
        finally
        {
            lock (gate)
                reading = null;
        }
    }

    private (LogCursor Cursor, int Beginning) Head()
    {
        lock (gate)
            return (head, beginnings);
    }

    private void Keep(int beginning, FraudStreamPage page)
    {
        lock (gate)
        {
            // The tail began anew meanwhile: this page is of before.
            if (beginning != beginnings)
                return;
            foreach (var fraudEvent in page.Events)
            {
                while (next - oldest == MaxEvents || (bytes + fraudEvent.Json.Length > MaxBytes && next > oldest))
                    Forget();
                ring[next++ % MaxEvents] = fraudEvent;
                bytes += fraudEvent.Json.Length;
            }

            head = page.End;
        }
    }

    private void Forget()
    {
        var last = ring[oldest++ % MaxEvents];
        bytes -= last.Json.Length;
        floor = floor.With(last.Shard, last.Position);
    }
}
