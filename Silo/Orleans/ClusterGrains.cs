using System.Collections.Concurrent;
using Grains;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;
using Silo.Cluster.Actors;

namespace Silo.Cluster;

/// <summary>
/// The grain host of the cluster edition: a plain contract is found through its actor, wherever in the cluster that lives; and what a
/// silo makes its grains from.
/// </summary>
public sealed class ClusterGrains : IGrainHost, IDisposable
{
    private static readonly TimeSpan DrainLook = TimeSpan.FromMilliseconds(5);

    private readonly Dictionary<Type, Func<string, object>> factories = [];
    private readonly Dictionary<Type, Delegate> actors = [];
    private readonly ConcurrentDictionary<IShell, byte> awake = [];
    private IGrainFactory? factory;
    private readonly IdleShells idle;
    private int calls;
    private int active;
    private Task? drain;

    /// <param name="time">By which idle grains are put to sleep.</param>
    public ClusterGrains(ClusterGrainsOptions options, TimeProvider time)
    {
        (Options, Time) = (options, time);
        idle = new IdleShells(this, options, time);
        Know<IAccountGrain, IAccountGrainActor>();
        Know<IMerchantGrain, IMerchantGrainActor>();
        Know<IRuleBookGrain, IRuleBookGrainActor>();
        Know<IRiskEntityGrain, IRiskEntityGrainActor>();
        Know<ICardEntityGrain, ICardEntityGrainActor>();
        Know<IFraudAlertsGrain, IFraudAlertsGrainActor>();
    }

    /// <summary>How many grains of this silo are awake.</summary>
    public int ActiveCount => Volatile.Read(ref active);

    internal ClusterGrainsOptions Options { get; }

    internal TimeProvider Time { get; }

    /// <summary>The grains of this silo that are awake.</summary>
    internal IEnumerable<IShell> Awake => awake.Keys;

    /// <summary>Whether new calls from outside are refused.</summary>
    internal bool IsDraining => drain is not null;

    /// <inheritdoc/>
    public void Register<TGrain>(Func<string, TGrain> create)
        where TGrain : class => factories.Add(typeof(TGrain), create);

    /// <inheritdoc/>
    public TGrain Get<TGrain>(string key)
        where TGrain : class
    {
        if (!actors.TryGetValue(typeof(TGrain), out var get))
            throw new InvalidOperationException($"There is no actor for {typeof(TGrain).Name}.");
        return ((Func<IGrainFactory, string, TGrain>)get)(factory ?? throw new InvalidOperationException("The cluster is not joined yet."), key);
    }

    /// <inheritdoc/>
    public Task Drain(CancellationToken cancellationToken)
    {
        drain ??= SleepAll();
        return drain.WaitAsync(cancellationToken);
    }

    /// <summary>Says which actor has a contract.</summary>
    internal void Know<TGrain, TActor>()
        where TGrain : class
        where TActor : TGrain, IGrainWithStringKey
    {
        Func<IGrainFactory, string, TGrain> get = static (factory, key) => factory.GetGrain<TActor>(key);
        actors[typeof(TGrain)] = get;
    }

    /// <summary>Finds grains through this factory from now on: a silo's, or that of a client that is connected.</summary>
    internal void Join(IGrainFactory cluster) => factory = cluster;

    internal TGrain Create<TGrain>(string key)
        where TGrain : class => (TGrain)factories[typeof(TGrain)](key);

    internal void Woke(IShell shell)
    {
        awake[shell] = 0;
        Interlocked.Increment(ref active);
        idle.Woken();
    }

    internal bool IsAwake(IShell shell) => awake.ContainsKey(shell);

    internal void Slept(IShell shell)
    {
        if (awake.TryRemove(shell, out _))
            Interlocked.Decrement(ref active);
    }

    public void Dispose() => idle.Dispose();

    /// <summary>A call from outside of all grains begins; false where none may any more.</summary>
    internal bool Begin()
    {
        Interlocked.Increment(ref calls);
        if (!IsDraining)
            return true;
        End();
        return false;
    }

    internal void End() => Interlocked.Decrement(ref calls);

    // Calls from outside end first; the grains that they need may wake for them, and sleep again.
    private async Task SleepAll()
    {
        await Task.Yield();
        while (Volatile.Read(ref calls) > 0 || !awake.IsEmpty)
        {
            foreach (var shell in awake.Keys)
                if (shell.IsIdle)
                    shell.Sleep();
            await Task.Delay(DrainLook);
        }
    }
}
