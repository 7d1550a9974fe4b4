namespace Silo.Cluster.Actors;

/// <summary>
/// Puts this silo's grains to sleep: now and then those that nobody has called for a while, and, while too many are awake, those that have
/// been idle longest. Orleans has no limit on their number, so that both are decided here.
/// </summary>
internal sealed class IdleShells : IDisposable
{
    /// <summary>Above the limit, so many parts of it go at once: looking at all of them pays for as many wakings.</summary>
    private const int PartsShed = 4;

    private readonly ClusterGrains grains;
    private readonly ClusterGrainsOptions options;
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private int shedding;

    public IdleShells(ClusterGrains grains, ClusterGrainsOptions options, TimeProvider time)
    {
        (this.grains, this.options, this.time) = (grains, options, time);
        timer = time.CreateTimer(static state => ((IdleShells)state!).Tick(), this, options.SweepEvery, options.SweepEvery);
    }

    public void Dispose() => timer.Dispose();

    /// <summary>One more woke.</summary>
    public void Woken()
    {
        if (grains.ActiveCount > options.MaxActivations && Interlocked.Exchange(ref shedding, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static shells => shells.Shed(), this, preferLocal: false);
    }

    private void Tick()
    {
        var now = time.GetTimestamp();
        foreach (var shell in grains.Awake)
            if (shell.IsIdle && time.GetElapsedTime(shell.LastCall, now) is var asleep && asleep >= options.IdleAfter && asleep >= shell.KeptAwake)
                shell.Sleep();
    }

    private void Shed()
    {
        foreach (var shell in grains.Awake.Where(static shell => shell.IsIdle).OrderBy(static shell => shell.LastCall).Take(Math.Max(1, options.MaxActivations / PartsShed)))
            shell.Sleep();
        Volatile.Write(ref shedding, 0);
    }
}
