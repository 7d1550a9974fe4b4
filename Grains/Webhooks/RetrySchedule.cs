namespace Grains.Webhooks;

/// <summary>When a delivery that failed is tried again: ever less often, over three days.</summary>
public static class RetrySchedule
{
    private const long Second = 1_000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;

    /// <summary>How long after it was made a delivery is given up.</summary>
    public const long GivenUpAfterMs = 72 * Hour;

    private static readonly long[] Delays = [5 * Second, 30 * Second, 2 * Minute, 5 * Minute, 15 * Minute, 30 * Minute, Hour, 2 * Hour, 4 * Hour];

    /// <summary>The next time after so many failed tries; null once it is given up.</summary>
    /// <param name="retryAfterMs">What the receiver asked for; at most a day is honoured.</param>
    public static long? Next(long createdMs, long nowMs, int failed, long? retryAfterMs)
    {
        var delay = Math.Max(Delays[Math.Min(failed, Delays.Length) - 1], Math.Min(retryAfterMs ?? 0, 24 * Hour));
        var last = createdMs + GivenUpAfterMs;
        if (nowMs >= last)
            return null;
        return Math.Min(nowMs + delay, last);
    }
}
