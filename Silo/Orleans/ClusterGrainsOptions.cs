namespace Silo.Cluster;

/// <summary>How long a silo's grains stay awake, and how many.</summary>
public sealed record ClusterGrainsOptions
{
    /// <summary>A grain without a call for this long is put to sleep.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How often sleepers are looked for.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Above this many, the ones that have been idle longest go. Grains with calls in progress stay.</summary>
    public int MaxActivations { get; init; } = 100_000;
}
