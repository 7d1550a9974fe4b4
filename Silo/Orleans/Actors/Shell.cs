using Ledger;
using Orleans.Concurrency;
using Silo.Cluster.Placement;

namespace Silo.Cluster.Actors;

/// <summary>An actor of this silo, whatever its contract.</summary>
internal interface IShell
{
    GrainId Id { get; }

    /// <summary>Whether no call is in progress.</summary>
    bool IsIdle { get; }

    /// <summary>It stays awake without a call for so long at least: what it knows, it knows only while it is awake.</summary>
    TimeSpan KeptAwake { get; }

    /// <summary>When its last call came, as a timestamp of its host's time.</summary>
    long LastCall { get; }

    /// <summary>Puts it to sleep once its calls have ended; the next call wakes it.</summary>
    void Sleep();

    /// <summary>
    /// As <see cref="Sleep"/>, and it wakes at once on the silo where it belongs now. Were it only put to sleep, a silo that remembers where
    /// it was would wake it there again.
    /// </summary>
    void Move();
}

/// <summary>
/// An Orleans grain around a plain one. Orleans' turns are what a plain grain is written for: between awaits it is alone, at an await
/// others may run. Waking loads it; going to sleep waits for the calls in progress first. What is in memory alone goes along where the
/// grain is moved.
/// </summary>
/// <typeparam name="TGrain">The plain contract.</typeparam>
[Reentrant]
[ShardPlacement]
public abstract class Shell<TGrain>(ClusterGrains grains) : Grain, IShell, IIncomingGrainCallFilter, IGrainMigrationParticipant
    where TGrain : class
{
    /// <summary>What a grain's state is called on its way. It travels between releases: never change it.</summary>
    private const string StateName = "payments.state";

    private TGrain? inner;
    private byte[]? state;
    private ShellTurns? turns;
    private int calls;
    private bool isKnown;
    private long lastCall = grains.Time.GetTimestamp();
    private TaskCompletionSource? idle;

    GrainId IShell.Id => GrainContext.GrainId;

    TimeSpan IShell.KeptAwake => KeptAwake;

    bool IShell.IsIdle => Volatile.Read(ref calls) == 0;

    long IShell.LastCall => Volatile.Read(ref lastCall);

    /// <inheritdoc cref="IShell.KeptAwake"/>
    protected virtual TimeSpan KeptAwake => TimeSpan.Zero;

    protected TGrain Inner => inner ?? throw new InvalidOperationException("The grain is not awake.");

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        turns = new ShellTurns(TaskScheduler.Current, ServiceProvider.GetRequiredService<ILogger<ShellTurns>>());
        inner = grains.Create<TGrain>(this.GetPrimaryKeyString());
        if (state is not null && inner is global::Grains.IMovableState movable)
            movable.Restore(state);
        state = null;
        Stay();
        if (inner is global::Grains.IGrainLifecycle lifecycle)
            await lifecycle.Activate();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (inner is null)
            return;
        if (calls > 0)
            await (idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellationToken);
        try
        {
            if (inner is global::Grains.IGrainLifecycle lifecycle)
                await lifecycle.Deactivate();
            state = (inner as global::Grains.IMovableState)?.Save();
        }
        finally
        {
            inner = null;
            grains.Slept(this);
        }
    }

    // Orleans would put it to sleep after an hour.
    private void Stay()
    {
        if (KeptAwake > TimeSpan.Zero)
            DelayDeactivation(KeptAwake);
    }

    // Orleans asks after the last turn and tells before the first.
    void IGrainMigrationParticipant.OnDehydrate(IDehydrationContext dehydrationContext)
    {
        if (state is not null)
            dehydrationContext.TryAddValue(StateName, state);
    }

    void IGrainMigrationParticipant.OnRehydrate(IRehydrationContext rehydrationContext) => rehydrationContext.TryGetValue(StateName, out state);

    void IShell.Sleep() => GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "It is idle."));

    void IShell.Move() => GrainContext.Migrate([]);

    /// <summary>Around each call of this grain, in its turn.</summary>
    async Task IIncomingGrainCallFilter.Invoke(IIncomingGrainCallContext context)
    {
        calls++;
        // Not before: a grain that Orleans still wakes would be put to sleep without a word.
        if (!isKnown)
        {
            isKnown = true;
            grains.Woke(this);
        }

        Volatile.Write(ref lastCall, grains.Time.GetTimestamp());
        Stay();
        try
        {
            // Only until this method first waits: then the caller has its own again.
            SynchronizationContext.SetSynchronizationContext(turns);
            await context.Invoke();
        }
        catch (LedgerStoreException exception) when (exception.IsTransient)
        {
            // What else the exception knows does not travel: to the caller it is an outcome that nobody knows.
            throw new TimeoutException(exception.Message);
        }
        finally
        {
            if (--calls == 0)
                idle?.TrySetResult();
        }
    }
}
