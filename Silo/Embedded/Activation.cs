namespace Silo.Embedded;

/// <summary>What a call found when it entered an activation.</summary>
internal enum Entry
{
    /// <summary>It may run now, on this thread, between <see cref="Activation.BeginCall"/> and <see cref="Activation.EndCall"/>.</summary>
    RunNow = 1,

    /// <summary>It must be handed to <see cref="Activation.Enqueue"/>.</summary>
    Queue = 2,

    /// <summary>This activation has left the table: enter another.</summary>
    Gone = 3,
}

/// <summary>
/// The place of one key: its turns, and the grain that lives there. While it is in the table nobody else can make a grain for
/// the key, and it leaves the table only after its grain has ended. A call that comes while the grain goes to sleep waits
/// here for the next grain, so no call is lost and no two grains of a key ever live at once.
/// </summary>
internal sealed partial class Activation : Turns
{
    private readonly ActivationTable table;
    private readonly Queue<QueuedCall> waiting = new(capacity: 0);
    private Action? callEnded;
    private Stage stage = Stage.Empty;
    private object? grain;
    private int calls;
    private long idleSince;

    public Activation(ActivationTable table, GrainId id, long number)
        : base(table.Scheduler)
    {
        this.table = table;
        Id = id;
        Number = number;
    }

    private enum Stage
    {
        /// <summary>No grain yet.</summary>
        Empty = 1,
        Activating = 2,
        Active = 3,
        Deactivating = 4,

        /// <summary>Left the table, for good.</summary>
        Gone = 5,
    }

    public GrainId Id { get; }

    /// <summary>The order of activation, which breaks ties of time.</summary>
    public long Number { get; }

    /// <summary>There is one whenever a call runs.</summary>
    public object Grain => grain!;

    /// <summary>Counts a call in, unless gone. From here to the end of the call the grain is not put to sleep.</summary>
    public Entry Enter()
    {
        var inline = MayRunInline;
        lock (Gate)
        {
            if (stage == Stage.Gone)
                return Entry.Gone;
            calls++;
            return inline && stage == Stage.Active && TryTake() ? Entry.RunNow : Entry.Queue;
        }
    }

    public Frame BeginCall() => Take();

    /// <summary>The turn of an inline call is over; the call itself may go on.</summary>
    public void EndCall(in Frame frame, Task call)
    {
        var completed = call.IsCompleted;
        if (!completed)
            call.GetAwaiter().UnsafeOnCompleted(callEnded ??= CallEnded);
        Leave(frame);
        bool more;
        lock (Gate)
        {
            if (completed)
                CountOut(1);
            more = Released();
        }

        if (more)
            Schedule();
    }

    /// <summary>Within a turn: one call has ended.</summary>
    public void CallEnded()
    {
        lock (Gate)
            CountOut(1);
    }

    /// <summary>Queues a call that has entered.</summary>
    public void Enqueue(QueuedCall call)
    {
        bool start;
        lock (Gate)
        {
            if (stage == Stage.Active)
            {
                start = Queued(QueuedCall.AsTurn, call);
            }
            else
            {
                waiting.Enqueue(call);
                start = stage == Stage.Empty && QueuedToActivate();
            }
        }

        if (start)
            Start();
    }

    /// <summary>Whether it could be put to sleep; if so, the timestamp since when.</summary>
    public bool IsIdle(out long since)
    {
        lock (Gate)
        {
            since = idleSince;
            return calls == 0 && stage == Stage.Active;
        }
    }

    /// <summary>Puts the grain to sleep, unless a call is in progress or was, after <paramref name="ifIdleSince"/>.</summary>
    public bool TryDeactivate(long? ifIdleSince = null)
    {
        bool begun, start = false;
        lock (Gate)
        {
            begun = calls == 0 && stage == Stage.Active && (ifIdleSince ?? idleSince) == idleSince;
            if (begun)
                start = QueuedToDeactivate();
        }

        if (start)
            Start();
        return begun;
    }

    public bool BelongsTo(ActivationTable table) => ReferenceEquals(table, this.table);

    protected override void TurnFailed(Exception exception) => table.TurnFailed(Id.Type.Name, exception);

    /// <summary>With the gate held, within a turn.</summary>
    private void CountOut(int ended)
    {
        calls -= ended;
        if (calls > 0)
            return;
        idleSince = table.Time.GetTimestamp();
        if (table.Stopping && stage == Stage.Active)
            QueuedToDeactivate();
    }
}
