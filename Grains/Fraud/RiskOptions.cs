namespace Grains.Fraud;

/// <summary>Fraud decisions of a process.</summary>
public sealed class RiskOptions
{
    /// <summary>Where the configuration has them.</summary>
    public const string Section = "Payments:Fraud";

    public static readonly TimeSpan UsualReviewFor = TimeSpan.FromDays(7);

    /// <summary>Whether payments are judged at all.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>How long a payment is held for an analyst before it is refused; 1 second to 30 days.</summary>
    public TimeSpan HoldFor { get; set; } = TimeSpan.FromHours(4);

    /// <summary>How long the case of a card payment waits for an analyst before it ends, and the payment stands; 1 second to 90 days.</summary>
    public TimeSpan ReviewFor { get; set; } = UsualReviewFor;

    /// <summary>How long a decision waits for the grains of its address and device, 1 ms to 1 s; then it goes on without them, and says so.</summary>
    public TimeSpan EntityDeadline { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Whether a change of what acts on payments takes two people; the host leaves it out in its sandbox.</summary>
    public bool FourEyes { get; set; } = true;

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public RiskOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(HoldFor, TimeSpan.FromSeconds(1), nameof(HoldFor));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(HoldFor, TimeSpan.FromDays(30), nameof(HoldFor));
        ArgumentOutOfRangeException.ThrowIfLessThan(ReviewFor, TimeSpan.FromSeconds(1), nameof(ReviewFor));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ReviewFor, TimeSpan.FromDays(90), nameof(ReviewFor));
        ArgumentOutOfRangeException.ThrowIfLessThan(EntityDeadline, TimeSpan.FromMilliseconds(1), nameof(EntityDeadline));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(EntityDeadline, TimeSpan.FromSeconds(1), nameof(EntityDeadline));
        return this;
    }
}
