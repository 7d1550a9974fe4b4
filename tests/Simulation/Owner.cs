using Grains.Accounts;
using Grains.Interfaces.Accounts;
using Ledger;
using Ledger.Sealing;
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
    private static readonly MasterKey MasterKey = new(new byte[DataKey.Size]);

    private readonly Steps steps;
    private readonly VirtualTime.MachineClock machine;

    public Owner(int number, Plan plan, Steps steps, VirtualTime time, IRegistry settings, Func<Owner, ILedgerStore> store, Action<string> violated)
    {
        Number = number;
        this.steps = steps;
        machine = new VirtualTime.MachineClock(time);
        Clock = new ProductClock(machine, settings);
        var options = new LedgerOptions { QueueLimit = plan.QueueLimit, MaxBatch = plan.MaxBatch, IdBlock = 200 };
        Writer = new LedgerWriter(store(this), options, machine, batch => steps.Add(this, batch), NullLogger<LedgerWriter>.Instance) { Wake = () => HasWork = true };
        Hosts = new EmbeddedGrains(
            new EmbeddedGrainsOptions { IdleAfter = TimeSpan.FromSeconds(3), SweepEvery = TimeSpan.FromSeconds(1), MaxActivations = plan.MaxActivations },
            machine, this, new ErrorsViolate<EmbeddedGrains>(violated));
        var services = new AccountGrainServices(Writer, MasterKey, new PaymentReader(Writer.Directory, MasterKey), Clock, new ErrorsViolate<AccountGrain>(violated));
        Hosts.Register<IAccountGrain>(key => new AccountGrain(key, services), static handle => new AccountGrainReference(handle));
    }

    public int Number { get; }

    public ProductClock Clock { get; }

    public LedgerWriter Writer { get; }

    public EmbeddedGrains Hosts { get; }

    /// <summary>Set while it drains: its grains take no new calls.</summary>
    public Task? Draining { get; private set; }

    /// <summary>Whether its writer was woken, and did not come to rest since: only then does it step, so that a lost wake-up shows.</summary>
    public bool HasWork { get; private set; }

    bool ITurnScheduler.MayRunInline => false;

    public IAccountGrain Account(string id) => Hosts.Get<IAccountGrain>(id);

    /// <summary>One step of the writing thread.</summary>
    public WriterStep Commit()
    {
        HasWork = false;
        var step = Writer.CommitQueued();
        HasWork |= step != WriterStep.Idle;
        return step;
    }

    /// <summary>Another process advanced the product's clock: this one sees it so much later.</summary>
    public void HearOfTheClock(TimeSpan late) => machine.CreateTimer(static clock => ((ProductClock)clock!).Refresh(), Clock, late, Timeout.InfiniteTimeSpan);

    public void Drain() => Draining ??= Hosts.Drain(CancellationToken.None);

    /// <summary>It is gone, with all that it had in memory.</summary>
    public void Dispose()
    {
        machine.Stop();
        steps.RemoveAllOf(this);
        Writer.Dispose();
    }

    void ITurnScheduler.Schedule(IThreadPoolWorkItem drain) => steps.Add(this, drain);
}
