using Grains;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;
using Silo.Embedded.References;

namespace Silo.Embedded;

/// <summary>
/// The grain host of the embedded edition: one process, one activation a key, turns that run one at a time and interleave at
/// awaits only, calls that may come back to a grain that waits (the contract of a reentrant grain). It has no thread, clock
/// or order of its own: those come from the scheduler and the time provider.
/// </summary>
public sealed class EmbeddedGrains : IGrainHost, IAsyncDisposable
{
    /// <summary>What callers hold of a grain, by its contract.</summary>
    private static readonly Dictionary<Type, Delegate> KnownReferences = new()
    {
        [typeof(IAccountGrain)] = static (GrainHandle handle) => (IAccountGrain)new AccountGrainReference(handle),
        [typeof(IMerchantGrain)] = static (GrainHandle handle) => (IMerchantGrain)new MerchantGrainReference(handle),
        [typeof(IFraudAlertsGrain)] = static (GrainHandle handle) => (IFraudAlertsGrain)new FraudAlertsGrainReference(handle),
        [typeof(IRuleBookGrain)] = static (GrainHandle handle) => (IRuleBookGrain)new RuleBookGrainReference(handle),
    };

    private readonly ActivationTable table;
    private readonly IdleSweep sweep;
    private readonly Dictionary<Type, Delegate> references = [];
    private Task? drain;

    public EmbeddedGrains(EmbeddedGrainsOptions options, TimeProvider timeProvider, ITurnScheduler scheduler, ILogger<EmbeddedGrains> logger)
    {
        table = new ActivationTable(scheduler, timeProvider, logger);
        sweep = new IdleSweep(table, options.Validated());
    }

    /// <summary>How many grains are awake, waking or going to sleep.</summary>
    public int ActiveCount => table.Count;

    /// <exception cref="KeyNotFoundException">No reference to this contract is known here.</exception>
    public void Register<TGrain>(Func<string, TGrain> create)
        where TGrain : class => Register(create, (Func<GrainHandle, TGrain>)KnownReferences[typeof(TGrain)]);

    /// <summary>
    /// Makes a grain contract known, before the first <see cref="Get"/>: <paramref name="create"/> makes the grain of a key
    /// (within its first turn), <paramref name="reference"/> what callers hold.
    /// </summary>
    public void Register<TGrain>(Func<string, TGrain> create, Func<GrainHandle, TGrain> reference)
        where TGrain : class
    {
        var type = new GrainType(typeof(TGrain).Name, create);
        Func<string, TGrain> get = key => reference(new GrainHandle(table, new GrainId(type, key)));
        references.Add(typeof(TGrain), get);
    }

    public TGrain Get<TGrain>(string key)
        where TGrain : class
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!references.TryGetValue(typeof(TGrain), out var get))
            throw new InvalidOperationException($"No grain is registered for {typeof(TGrain).Name}: call Register first.");
        return ((Func<string, TGrain>)get)(key);
    }

    /// <inheritdoc/>
    public Task Drain(CancellationToken cancellationToken)
    {
        sweep.Dispose();
        drain ??= table.Drain();
        return drain.WaitAsync(cancellationToken);
    }

    /// <summary>Drains, unless somebody has begun to: a drain that was given up is not waited for again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (drain is null)
            await Drain(CancellationToken.None);
    }
}
