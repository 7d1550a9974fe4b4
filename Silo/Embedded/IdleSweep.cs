namespace Silo.Embedded;

/// <summary>
/// Puts grains to sleep that nobody has called for a while, and, when too many are awake, those that have been idle longest.
/// Runs on the scheduler, one sweep at a time, at every tick of the timer and when the table grows past its limit.
/// </summary>
internal sealed class IdleSweep : IThreadPoolWorkItem, IDisposable
{
    /// <summary>A full table is brought down by this part, so that a sweep pays for many activations.</summary>
    private const int HeadroomDivisor = 10;

    private readonly ActivationTable table;
    private readonly EmbeddedGrainsOptions options;
    private readonly ITimer timer;
    private readonly List<Idler> idlers = [];
    private int scheduled;
    private int sweepAbove;

    public IdleSweep(ActivationTable table, EmbeddedGrainsOptions options)
    {
        this.table = table;
        this.options = options;
        sweepAbove = options.MaxActivations;
        table.Added = Added;
        timer = table.Time.CreateTimer(static state => ((IdleSweep)state!).Schedule(), this, options.SweepEvery, options.SweepEvery);
    }

    private int Headroom => options.MaxActivations / HeadroomDivisor;

    public void Dispose() => timer.Dispose();

    void IThreadPoolWorkItem.Execute()
    {
        lock (idlers)
        {
            // From here on another sweep may be asked for; it waits for this one.
            Volatile.Write(ref scheduled, 0);
            Sweep();
        }
    }

    private void Added(int count)
    {
        if (count > Volatile.Read(ref sweepAbove))
            Schedule();
    }

    private void Schedule()
    {
        if (Interlocked.Exchange(ref scheduled, 1) == 0)
            table.Scheduler.Schedule(this);
    }

    private void Sweep()
    {
        var staying = FindIdlers();
        var excess = staying > options.MaxActivations ? staying - (options.MaxActivations - Headroom) : 0;
        var now = table.Time.GetTimestamp();
        foreach (var idler in idlers)
        {
            if (excess <= 0 && table.Time.GetElapsedTime(idler.Since, now) < options.IdleAfter)
                break;
            if (!idler.Activation.TryDeactivate())
                continue;
            excess--;
            staying--;
        }

        idlers.Clear();

        // Where most are busy, a sweep for every further activation would find nothing: wait for some more.
        Volatile.Write(ref sweepAbove, Math.Max(options.MaxActivations, staying + Headroom));
    }

    /// <summary>Lists the idle, longest first, and returns how many stay awake if nothing is done.</summary>
    private int FindIdlers()
    {
        var staying = 0;
        foreach (var activation in table.All())
        {
            var rest = activation.LookAtRest(out var since);
            if (rest != Rest.Leaving)
                staying++;
            if (rest == Rest.Idle)
                idlers.Add(new Idler(since, activation));
        }

        idlers.Sort();
        return staying;
    }

    private readonly record struct Idler(long Since, Activation Activation) : IComparable<Idler>
    {
        public int CompareTo(Idler other)
        {
            var bySince = Since.CompareTo(other.Since);
            return bySince != 0 ? bySince : Activation.Number.CompareTo(other.Activation.Number);
        }
    }
}
