namespace Silo.Cluster;

/// <summary>
/// How long a shard's log has had something that this process does not know of, by the looks at it: it counts from the look that first saw
/// it, so that a log that grows under load, and is followed, is never behind.
/// </summary>
internal sealed class LogLag
{
    private readonly TimeProvider time;
    private readonly Missed?[] missed;
    private readonly Lock gate = new();

    public LogLag(int shards, TimeProvider time) => (this.time, missed) = (time, new Missed?[shards]);

    /// <param name="known">The newest position that this process knows of.</param>
    /// <param name="committed">One that is in the database.</param>
    public TimeSpan Of(int shard, long known, long committed)
    {
        lock (gate)
        {
            if (missed[shard] is { } before && known < before.Position)
                return time.GetElapsedTime(before.SeenAt);
            missed[shard] = known < committed ? new Missed(committed, time.GetTimestamp()) : null;
            return TimeSpan.Zero;
        }
    }

    private sealed record Missed(long Position, long SeenAt);
}
