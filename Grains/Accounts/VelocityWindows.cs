using Grains.Interfaces.Accounts;

namespace Grains.Accounts;

/// <summary>
/// What an account paid in the last minute, hour and day: 60 sub-buckets each, the current one counted whole. Kept only for
/// windows that have a limit; rebuilt from the log when the grain wakes.
/// </summary>
public sealed class VelocityWindows(AccountLimits limits)
{
    public const long MinuteMs = 60_000;
    public const long HourMs = 60 * MinuteMs;
    public const long DayMs = 24 * HourMs;

    private readonly VelocityWindow? minute = limits.PerMinute is null ? null : new VelocityWindow("perMinute", MinuteMs, limits.PerMinute);
    private readonly VelocityWindow? hour = limits.PerHour is null ? null : new VelocityWindow("perHour", HourMs, limits.PerHour);
    private readonly VelocityWindow? day = limits.PerDay is null ? null : new VelocityWindow("perDay", DayMs, limits.PerDay);
    private Dictionary<long, (long TimeMs, long Amount)>? pending;

    /// <summary>How far back a payment can still count, in milliseconds; 0 where no window has a limit.</summary>
    public long LongestMs => day is not null ? DayMs : hour is not null ? HourMs : minute is not null ? MinuteMs : 0;

    /// <summary>Payments counted here that another shard may still refuse.</summary>
    public IEnumerable<long> Pending => pending?.Keys ?? Enumerable.Empty<long>();

    /// <summary>When the latest payment counted here was decided; 0 where none was.</summary>
    public long LatestMs { get; private set; }

    /// <summary>Counts a payment.</summary>
    public void Add(long timeMs, long amount)
    {
        LatestMs = Math.Max(LatestMs, timeMs);
        minute?.Add(timeMs, amount);
        hour?.Add(timeMs, amount);
        day?.Add(timeMs, amount);
    }

    /// <summary>Counts a payment that another shard may still refuse.</summary>
    public void AddPending(long payment, long timeMs, long amount)
    {
        Add(timeMs, amount);
        (pending ??= [])[payment] = (timeMs, amount);
    }

    /// <summary>The payment is counted for good.</summary>
    public void Keep(long payment) => pending?.Remove(payment);

    /// <summary>Another shard refused the payment: it is counted no more.</summary>
    public void GiveBack(long payment)
    {
        if (pending is null || !pending.Remove(payment, out var counted))
            return;
        minute?.GiveBack(counted.TimeMs, counted.Amount);
        hour?.GiveBack(counted.TimeMs, counted.Amount);
        day?.GiveBack(counted.TimeMs, counted.Amount);
    }

    /// <summary>The first window, shortest first, that another payment would overrun; null where all have room.</summary>
    public VelocityWindow? Exceeded(long nowMs, long amount) =>
        minute?.IsExceeded(nowMs, amount) == true ? minute
        : hour?.IsExceeded(nowMs, amount) == true ? hour
        : day?.IsExceeded(nowMs, amount) == true ? day
        : null;

    public LimitsUse Use(long nowMs) => new(minute?.Use(nowMs), hour?.Use(nowMs), day?.Use(nowMs));
}
