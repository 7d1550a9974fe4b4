namespace Silo.Embedded;

/// <summary>
/// Runs turns one at a time, in the order in which they came. It is the synchronization context of its turns, so what follows
/// an await comes back here as a turn of its own; between awaits a turn is alone. Whoever finds it idle starts it:
/// <see cref="running"/> is true from then until the queue is empty, and only one thread at a time has that right.
/// </summary>
internal abstract class Turns(ITurnScheduler scheduler) : SynchronizationContext, IThreadPoolWorkItem
{
    /// <summary>Inline calls within inline calls on one thread, above which a call is queued: chains must not overflow the stack.</summary>
    private const int MaxNesting = 16;

    /// <summary>An inline caller runs at most this many turns (waking a grain and the call itself are two), then the scheduler has the rest.</summary>
    private const int MaxTurnsInline = 4;

    /// <summary>Then others get the thread first.</summary>
    private const int MaxTurnsScheduled = 64;

    [ThreadStatic]
    private static int nesting;

    private readonly Queue<Turn> queue = new(capacity: 0);
    private bool running;

    /// <summary>Guards the queue, and the fields of the subclass too: a call takes one lock on its way in and one on its way out.</summary>
    protected Lock Gate { get; } = new();

    protected bool MayRunInline => scheduler.MayRunInline && nesting < MaxNesting;

    /// <summary>An await in a turn has ended, or a turn posts to itself. Never runs here: the completing thread is not ours.</summary>
    public sealed override void Post(SendOrPostCallback d, object? state)
    {
        bool start;
        lock (Gate)
            start = Queued(d, state);
        if (start)
            scheduler.Schedule(this);
    }

    public sealed override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("A grain's turn cannot be waited for by blocking.");

    public sealed override SynchronizationContext CreateCopy() => this;

    void IThreadPoolWorkItem.Execute() => Drain(MaxTurnsScheduled);

    /// <summary>With the gate held. True says that it was idle: the caller must <see cref="Start"/> it after leaving the gate.</summary>
    protected bool Queued(SendOrPostCallback callback, object? state)
    {
        queue.Enqueue(new Turn(callback, state));
        return TryTake();
    }

    /// <summary>With the gate held. True gives the right to run one turn now, on this thread.</summary>
    protected bool TryTake()
    {
        if (running)
            return false;
        running = true;
        return true;
    }

    /// <summary>Runs what was queued, on this thread where that is allowed.</summary>
    protected void Start()
    {
        if (MayRunInline)
            Drain(MaxTurnsInline);
        else
            scheduler.Schedule(this);
    }

    /// <summary>Makes this thread run in the context of these turns until <see cref="Leave"/>.</summary>
    protected Frame Take()
    {
        var frame = new Frame(Current, ExecutionContext.Capture());
        SetSynchronizationContext(this);
        nesting++;
        return frame;
    }

    /// <summary>The end of <see cref="Take"/>: nothing that the turns changed stays behind on this thread.</summary>
    protected static void Leave(in Frame frame)
    {
        nesting--;
        SetSynchronizationContext(frame.Context);
        frame.RestoreFlow();
    }

    /// <summary>With the gate held. Gives the right to run back; true says that turns came meanwhile, which must be scheduled.</summary>
    protected bool Released()
    {
        running = queue.Count > 0;
        return running;
    }

    protected void Schedule() => scheduler.Schedule(this);

    /// <summary>A turn threw, and no caller is there to see it (an async void method, a posted callback).</summary>
    protected abstract void TurnFailed(Exception exception);

    private void Drain(int atMost)
    {
        var frame = Take();
        var more = true;
        for (var turns = 0; more && turns < atMost; turns++)
        {
            Turn turn;
            lock (Gate)
                turn = queue.Dequeue();
            Run(turn);
            frame.RestoreFlow();
            lock (Gate)
                more = Released();
        }

        Leave(frame);
        if (more)
            scheduler.Schedule(this);
    }

    private void Run(in Turn turn)
    {
        try
        {
            turn.Callback(turn.State);
        }
        catch (Exception exception)
        {
            TurnFailed(exception);
        }
    }

    private readonly record struct Turn(SendOrPostCallback Callback, object? State);

    /// <summary>What this thread was doing before.</summary>
    public readonly record struct Frame(SynchronizationContext? Context, ExecutionContext? Flow)
    {
        public void RestoreFlow()
        {
            // Null says that the caller suppressed the flow: then there is nothing to restore.
            if (Flow is not null)
                ExecutionContext.Restore(Flow);
        }
    }
}
