namespace Simulation;

/// <summary>The only time of a run. It moves when the simulator says so; timers that are due fire then, in order.</summary>
internal sealed class VirtualTime
{
    public static readonly long StartMs = new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private readonly List<VirtualTimer> timers = [];
    private long lastNumber;

    public long NowMs { get; private set; } = StartMs;

    /// <summary>When the next timer fires; null where none is set.</summary>
    public long? NextDueMs => timers.Count == 0 ? null : timers.Min(static timer => timer.DueMs);

    public void AdvanceTo(long timeMs)
    {
        while (timers.Where(timer => timer.DueMs <= timeMs).OrderBy(static timer => (timer.DueMs, timer.Number)).FirstOrDefault() is { } timer)
        {
            NowMs = Math.Max(NowMs, timer.DueMs);
            timers.Remove(timer);
            timer.Fire();
        }

        NowMs = Math.Max(NowMs, timeMs);
    }

    private void Set(VirtualTimer timer, long dueMs)
    {
        timers.Remove(timer);
        timer.DueMs = dueMs;
        timer.Number = ++lastNumber;
        timers.Add(timer);
    }

    private void Remove(VirtualTimer timer) => timers.Remove(timer);

    private void RemoveAllOf(MachineClock clock) => timers.RemoveAll(timer => timer.Clock == clock);

    /// <summary>One process's clock: its timers end with it.</summary>
    internal sealed class MachineClock(VirtualTime time) : TimeProvider
    {
        public override long TimestampFrequency => 1_000;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(time.NowMs);

        public override long GetTimestamp() => time.NowMs;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new VirtualTimer(time, this, callback, state);
            timer.Change(dueTime, period);
            return timer;
        }

        public void Stop() => time.RemoveAllOf(this);
    }

    private sealed class VirtualTimer(VirtualTime time, MachineClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;

        public MachineClock Clock => clock;

        public long DueMs { get; set; }

        /// <summary>Which of two that are due together was set first.</summary>
        public long Number { get; set; }

        public void Fire()
        {
            if (period > TimeSpan.Zero)
                time.Set(this, DueMs + (long)period.TotalMilliseconds);
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            period = newPeriod;
            if (dueTime == Timeout.InfiniteTimeSpan)
                time.Remove(this);
            else
                time.Set(this, time.NowMs + (long)dueTime.TotalMilliseconds);
            return true;
        }

        public void Dispose() => time.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
