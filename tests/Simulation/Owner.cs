using Grains.Accounts;
using Grains.Fraud;
using Grains.Fraud.Features;
using Grains.Fraud.Rules;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Ledger;
using Ledger.Documents;
using Ledger.Sealing;
using Ledger.Shards;
using Microsoft.Extensions.Logging.Abstractions;
using Silo.Embedded;
using Silo.Embedded.References;

namespace Simulation;

/// <summary>
/// One process that believes it owns every account: the production writer, grain host and grains, on a clock, a store and a
/// scheduler of the simulation.
/// </summary>
internal sealed class Owner : ITurnScheduler, IDisposable
{
    public static readonly MasterKey MasterKey = new(new byte[DataKey.Size]);

    /// <summary>What payments are judged by: the product's rules as delivered.</summary>
    public static readonly RuleSet Rules = FraudRules.Default();

    private static readonly ListBook Lists = new([new ListEntry(ListKind.Block, ListSubject.Device, Bank.StolenDevice)]);

    private readonly Steps steps;
    private readonly VirtualTime.MachineClock machine;
    private readonly bool[] hasWork;
    private readonly HashSet<DueItem> handedOver = [];

    public Owner(int number, Plan plan, Steps steps, VirtualTime time, IRegistry settings, Func<Owner, int, ILedgerStore> store, Action<string> violated)
    {
        Number = number;
        this.steps = steps;
        machine = new VirtualTime.MachineClock(time);
        Clock = new ProductClock(machine, settings);
        var options = new LedgerOptions { QueueLimit = plan.QueueLimit, MaxBatch = plan.MaxBatch, IdBlock = 200 };
        hasWork = new bool[plan.Shards];
        var stores = Enumerable.Range(0, plan.Shards).Select(shard => store(this, shard)).ToArray();
        var map = ShardMap.Spread(plan.Shards);
        ILedgerReader reader = plan.Shards == 1 ? stores[0].Reader : new ShardedReader(map, [.. stores.Select(static one => one.Reader)]);
        var directory = new AccountDirectory(reader);
        var writers = stores.Select((one, shard) => new LedgerWriter(one, options, machine, batch => steps.Add(this, batch), NullLogger<LedgerWriter>.Instance, directory) { Wake = () => hasWork[shard] = true });
        Shards = new LedgerShards(map, [.. writers], reader, directory);
        Hosts = new EmbeddedGrains(
            new EmbeddedGrainsOptions { IdleAfter = TimeSpan.FromSeconds(3), SweepEvery = TimeSpan.FromSeconds(1), MaxActivations = plan.MaxActivations },
            machine, this, new ErrorsViolate<EmbeddedGrains>(violated));
        var documents = new DocumentReader(plan.Shards == 1 ? stores[0].Documents : new ShardedDocuments([.. stores.Select(static one => one.Documents)]), directory, MasterKey);
        var risk = new RiskDesk(new RiskOptions { HoldFor = Bank.HoldFor }, MasterKey, Rules) { Lists = Lists };
        var services = new AccountGrainServices(Shards, MasterKey, new PaymentReader(directory, MasterKey, reader), Clock, documents, risk, new ErrorsViolate<AccountGrain>(violated));
        Hosts.Register<IAccountGrain>(key => new AccountGrain(key, services), static handle => new AccountGrainReference(handle));
    }

    public int Number { get; }

    public ProductClock Clock { get; }

    public LedgerShards Shards { get; }

    public EmbeddedGrains Hosts { get; }

    /// <summary>Set while it drains: its grains take no new calls.</summary>
    public Task? Draining { get; private set; }

    /// <summary>Whether a writer of its own has work.</summary>
    public bool HasWork => Array.Exists(hasWork, static work => work);

    /// <summary>Writers that were woken, and did not come to rest since: only then do they step, so that a lost wake-up shows.</summary>
    public IEnumerable<int> WritersWithWork => Enumerable.Range(0, hasWork.Length).Where(shard => hasWork[shard]);

    bool ITurnScheduler.MayRunInline => false;

    public IAccountGrain Account(string id) => Hosts.Get<IAccountGrain>(id);

    /// <summary>One step of the writing thread.</summary>
    public WriterStep Commit(int shard)
    {
        hasWork[shard] = false;
        var step = Shards.Writers[shard].CommitQueued();
        hasWork[shard] |= step != WriterStep.Idle;
        return step;
    }

    /// <summary>Hands what is due to its grains, as the sweeper does: at least once.</summary>
    public async void HandOver(DueItem item)
    {
        if (!handedOver.Add(item))
            return;
        try
        {
            await Account(item.Grain).DoDue(new DueCall(item.Kind, item.Id, item.AtMs));
        }
        catch (Exception exception) when (exception is GrainHostStopping or LedgerStoreException)
        {
            // It is due still, and comes again.
        }

        handedOver.Remove(item);
    }

    /// <summary>Another process advanced the product's clock: this one sees it so much later.</summary>
    public void HearOfTheClock(TimeSpan late) => machine.CreateTimer(static clock => ((ProductClock)clock!).Refresh(), Clock, late, Timeout.InfiniteTimeSpan);

    public void Drain() => Draining ??= Hosts.Drain(CancellationToken.None);

    /// <summary>It is gone, with all that it had in memory.</summary>
    public void Dispose()
    {
        machine.Stop();
        steps.RemoveAllOf(this);
        foreach (var writer in Shards.Writers)
            writer.Dispose();
    }

    void ITurnScheduler.Schedule(IThreadPoolWorkItem drain) => steps.Add(this, drain);
}
