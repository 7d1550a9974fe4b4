namespace Grains.Interfaces.Accounts;

/// <summary>
/// What an account may pay. Absent means no limit. A window is 60 sub-buckets with the current one counted whole; it counts
/// settled, held and pending payments, a void gives back, a return does not.
/// </summary>
public sealed record AccountLimits
{
    public static AccountLimits None { get; } = new();

    /// <summary>The largest single payment, in minor units.</summary>
    public long? PerPayment { get; init; }

    public WindowLimit? PerMinute { get; init; }

    public WindowLimit? PerHour { get; init; }

    public WindowLimit? PerDay { get; init; }

    public bool HasWindows => PerMinute is not null || PerHour is not null || PerDay is not null;
}

/// <summary>At most this many payments and this many minor units in a window; absent means no limit.</summary>
public sealed record WindowLimit(long? Count, long? Amount);

/// <summary>How much of a window is used, and when its oldest sub-bucket frees again (absent while nothing is used).</summary>
public sealed record WindowUse(long Count, long Amount, DateTimeOffset? ResetsAt);

/// <summary>The use of each window that has a limit.</summary>
public sealed record LimitsUse(WindowUse? PerMinute, WindowUse? PerHour, WindowUse? PerDay);
