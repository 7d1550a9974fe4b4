namespace Grains.Checkout;

/// <summary>When an acquirer is asked again for what may still change there: after as long again as it is old.</summary>
internal static class FollowUp
{
    private const long ShortestMs = 60_000;
    private const long LongestMs = 24 * 3_600_000;

    /// <summary>Milliseconds since 1970.</summary>
    /// <param name="created">Seconds since 1970.</param>
    public static long NextMs(long created, long nowMs) => nowMs + Math.Clamp(nowMs - (created * 1_000), ShortestMs, LongestMs);
}
