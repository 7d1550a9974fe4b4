namespace Grains.Due;

/// <summary>How due work is looked for and handed over. Intervals are of the machine's time: what is due goes by the product's.</summary>
public sealed record DueSweeperOptions
{
    /// <summary>How often the ledger is asked for what is due, so work starts at most this much late.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Items of one read.</summary>
    public int PageSize { get; init; } = 256;

    /// <summary>Calls at a time.</summary>
    public int MaxInFlight { get; init; } = 64;

    /// <summary>
    /// Calls at a time that do work of one kind for one grain: those whose work hangs, on a receiver that does not answer for one,
    /// keep places for the others.
    /// </summary>
    public int MaxInFlightPerGrain { get; init; } = 16;

    /// <summary>A call that takes longer makes room for others; its item is handed over again later.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The rest after the first call that was in vain; it doubles with each further one.</summary>
    public TimeSpan FirstRest { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestRest { get; init; } = TimeSpan.FromMinutes(1);

    internal DueSweeperOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SweepEvery, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInFlight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInFlightPerGrain, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CallTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(FirstRest, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestRest, FirstRest);
        return this;
    }
}
