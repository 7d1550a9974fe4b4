using System.Collections.Concurrent;

namespace Silo.Embedded;

/// <summary>Every activation of the host, by grain. At most one a grain, from its first call until its grain has ended.</summary>
internal sealed partial class ActivationTable(ITurnScheduler scheduler, TimeProvider time, ILogger log)
{
    private readonly ConcurrentDictionary<GrainId, Activation> activations = new();
    private readonly TaskCompletionSource drained = new();
    private volatile bool stopping;
    private int count;
    private int awake;
    private long lastNumber;

    public ITurnScheduler Scheduler => scheduler;

    public TimeProvider Time => time;

    /// <summary>The execution context in which grains wake and sleep; none where the host was made with the flow suppressed.</summary>
    public ExecutionContext? Flow { get; } = ExecutionContext.Capture();

    /// <summary>A grain whose last call ends now goes to sleep at once.</summary>
    public bool Stopping => stopping;

    public int Count => Volatile.Read(ref count);

    /// <summary>Grains that were woken and not yet told to sleep.</summary>
    public int Awake => Volatile.Read(ref awake);

    /// <summary>Called when a grain wakes, with no gate held.</summary>
    public Action? Woken { get; set; }

    /// <summary>Enters the activation of a grain, a new one if need be; null when the host is stopping.</summary>
    public Activation? Enter(GrainId id, out Entry entry)
    {
        while (true)
        {
            if (stopping && !CalledFromATurn())
            {
                entry = Entry.Gone;
                return null;
            }

            if (!activations.TryGetValue(id, out var activation) && !TryAdd(id, out activation))
                continue;
            entry = activation.Enter();
            if (entry != Entry.Gone)
                return activation;

            // It has ended and is about to be removed: help, rather than wait.
            Remove(activation);
        }
    }

    public void Remove(Activation activation)
    {
        if (activations.TryRemove(KeyValuePair.Create(activation.Id, activation)))
            CountDown();
    }

    public void Wakes()
    {
        Interlocked.Increment(ref awake);
        Woken?.Invoke();
    }

    public void FallsAsleep() => Interlocked.Decrement(ref awake);

    /// <summary>In no particular order, and not of one instant.</summary>
    public IEnumerable<Activation> All() => activations.Select(static pair => pair.Value);

    /// <summary>
    /// From now on only calls from within turns are taken, so that calls in progress can end. Completes when every grain has
    /// ended; grains with calls in progress end with the last of them (<see cref="Stopping"/>).
    /// </summary>
    public Task Drain()
    {
        stopping = true;

        // Either a new activation is seen here, or its maker sees that we stop.
        Interlocked.MemoryBarrier();
        foreach (var activation in All().OrderBy(static activation => activation.Number))
            activation.TryDeactivate();
        if (Count == 0)
            drained.TrySetResult();
        return drained.Task;
    }

    [LoggerMessage(1, LogLevel.Error, "A turn of a grain of {Contract} threw, with no caller to tell")]
    public partial void TurnFailed(string contract, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "A grain of {Contract} failed to deactivate and was discarded")]
    public partial void DeactivationFailed(string contract, Exception exception);

    private bool TryAdd(GrainId id, out Activation activation)
    {
        activation = new Activation(this, id, Interlocked.Increment(ref lastNumber));
        Interlocked.Increment(ref count);
        if ((stopping && !CalledFromATurn()) || !activations.TryAdd(id, activation))
        {
            CountDown();
            return false;
        }

        return true;
    }

    private void CountDown()
    {
        if (Interlocked.Decrement(ref count) == 0 && stopping)
            drained.TrySetResult();
    }

    /// <summary>Whether the caller is a turn of one of our grains, whose own call is still in progress.</summary>
    private bool CalledFromATurn() => SynchronizationContext.Current is Activation caller && caller.BelongsTo(this);
}
