namespace Silo.Embedded;

/// <summary>How long grains stay awake, and how many.</summary>
public sealed record EmbeddedGrainsOptions
{
    /// <summary>A grain without a call for this long is put to sleep.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How often sleepers are looked for, so a grain sleeps at most this much later than it could.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Above this many awake grains, the ones that have been idle longest are put to sleep.
    /// Grains with calls in progress stay, so the number may be passed by as many.
    /// </summary>
    public int MaxActivations { get; init; } = 100_000;

    internal EmbeddedGrainsOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(IdleAfter, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SweepEvery, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxActivations, 1);
        return this;
    }
}
