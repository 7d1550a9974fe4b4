namespace Ledger;

/// <summary>
/// The product's time: the machine's, plus an offset that the sandbox advances and the ledger stores. Timestamps for measuring
/// and timers stay the machine's own.
/// </summary>
public sealed class ProductClock(TimeProvider machine, IRegistry registry) : TimeProvider
{
    private const string Setting = "clock offset ms";

    private long offsetMs = long.Parse(registry.ReadSetting(Setting) ?? "0");

    /// <summary>Raised after the sandbox moved the time: what waited for a moment may be due.</summary>
    public event Action? Advanced;

    public override DateTimeOffset GetUtcNow() => machine.GetUtcNow().AddMilliseconds(Interlocked.Read(ref offsetMs));

    public override long GetTimestamp() => machine.GetTimestamp();

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Moves the product's time ahead, for good: stored before it is seen.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var moved = checked(Interlocked.Read(ref offsetMs) + (long)by.TotalMilliseconds);
        registry.WriteSetting(Setting, moved.ToString());
        Interlocked.Exchange(ref offsetMs, moved);
        Advanced?.Invoke();
    }
}
