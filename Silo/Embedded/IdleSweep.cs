using System.Collections.Concurrent;

namespace Silo.Embedded;

/// <summary>
/// Puts grains to sleep: at every tick of the timer those that nobody has called for a while, and, while too many are awake,
/// those that have been idle longest. Whoever wakes a grain above the limit puts others to sleep first, so that nobody wakes
/// grains faster than others go.
/// </summary>
internal sealed class IdleSweep : IDisposable
{
    /// <summary>More than one, so that the number falls back to the limit after it was passed.</summary>
    private const int SleepersAWaking = 2;

    /// <summary>One look at all grains finds this part of the limit, and so pays for as many wakings.</summary>
    private const int CandidatesDivisor = 4;

    private readonly ActivationTable table;
    private readonly EmbeddedGrainsOptions options;
    private readonly ITimer timer;
    private readonly Lock finding = new();
    private readonly ConcurrentQueue<Idler> candidates = [];
    private int limit;

    public IdleSweep(ActivationTable table, EmbeddedGrainsOptions options)
    {
        this.table = table;
        this.options = options;
        limit = options.MaxActivations;
        table.Woken = Woken;
        timer = table.Time.CreateTimer(static state => ((IdleSweep)state!).Tick(), this, options.SweepEvery, options.SweepEvery);
    }

    private int Candidates => Math.Max(1, options.MaxActivations / CandidatesDivisor);

    public void Dispose() => timer.Dispose();

    private void Tick()
    {
        var now = table.Time.GetTimestamp();
        foreach (var idler in LongestIdleFirst())
        {
            if (table.Time.GetElapsedTime(idler.Since, now) < options.IdleAfter)
                break;
            idler.Activation.TryDeactivate(idler.Since);
        }

        Volatile.Write(ref limit, options.MaxActivations);
    }

    private void Woken()
    {
        var sleepers = 0;
        while (sleepers < SleepersAWaking && table.Awake > Volatile.Read(ref limit))
        {
            if (candidates.TryDequeue(out var idler))
                sleepers += idler.Activation.TryDeactivate(idler.Since) ? 1 : 0;
            else if (!FindCandidates())
                break;
        }
    }

    private bool FindCandidates()
    {
        lock (finding)
        {
            // Another may have found them while this one waited.
            if (!candidates.IsEmpty)
                return true;
            var idlers = LongestIdleFirst();
            foreach (var idler in idlers.Take(Candidates))
                candidates.Enqueue(idler);

            // All busy: looking again at every waking would find as little. The next tick takes this back.
            if (idlers.Count == 0)
                Volatile.Write(ref limit, table.Awake + Candidates);
            return idlers.Count > 0;
        }
    }

    /// <summary>Sorted, since the table has no order and a simulation needs one.</summary>
    private List<Idler> LongestIdleFirst()
    {
        var idlers = new List<Idler>();
        foreach (var activation in table.All())
        {
            if (activation.IsIdle(out var since))
                idlers.Add(new Idler(since, activation));
        }

        idlers.Sort();
        return idlers;
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
