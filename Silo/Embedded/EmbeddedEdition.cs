using Grains;
using Grains.Accounts;
using Grains.Acquirers;
using Grains.Due;
using Grains.Fraud;
using Grains.Fraud.Alerts;
using Grains.Fraud.Detectors;
using Grains.Fraud.Entities;
using Grains.Fraud.Rules;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Ledger.Sealing;
using Ledger.Shards;

namespace Silo.Embedded;

/// <summary>
/// The product below its gateway, in one process: a ledger, one writing thread a shard, and the grains that decide.
/// Opened whole or not at all.
/// </summary>
public sealed class EmbeddedEdition : IAsyncDisposable
{
    /// <summary>How late this process may see that another one advanced the product's clock.</summary>
    private static readonly TimeSpan ClockRefresh = TimeSpan.FromMilliseconds(500);

    private readonly OpenLedger ledger;
    private readonly LedgerThread[] threads;
    private readonly DueSweeper[] sweepers;
    private readonly EmbeddedInstruments? instruments;
    private readonly LedgerInstruments ledgerInstruments = new();
    private readonly ITimer? clockRefresh;
    private readonly EntityRecallParts? recall;
    private int refreshingClock;
    private Task? stopped;

    private EmbeddedEdition(OpenLedger ledger, string dataDirectory, LedgerOptions ledgerOptions, IGrainHost grains, RiskGrains riskGrains, ILoggerFactory loggers, TimeProvider machine, AcquirerOptions acquirer, IAcquirer? cards, RiskOptions? risk)
    {
        (this.ledger, Grains) = (ledger, grains);
        DataDirectory = dataDirectory;
        Clock = new ProductClock(machine, Registry);
        Shards = OpenShards(ledger, ledgerOptions, loggers, machine, ledgerInstruments);
        PaymentReader = new PaymentReader(Shards.Directory, ledger.MasterKey, Shards.Reader);
        instruments = grains is EmbeddedGrains embedded ? new EmbeddedInstruments(embedded) : null;
        Risk = risk is { IsEnabled: true } ? new RiskDesk(risk, ledger.MasterKey, FraudRules.Default()) { Entities = new RiskEntities(riskGrains.Entity, risk.EntityDeadline, machine) } : null;
        var documents = new DocumentReader(Documents(ledger), Shards.Directory, ledger.MasterKey);
        var services = new AccountGrainServices(Shards, ledger.MasterKey, PaymentReader, Clock, documents, Risk, loggers.CreateLogger<AccountGrain>());
        Grains.Register<IAccountGrain>(key => new AccountGrain(key, services));
        Rules = new RuleParts(Shards, Models, documents, ledger.MasterKey, Grains, Risk, risk ?? new RiskOptions(), Clock, loggers);
        var alerts = new FraudAlertsServices(Shards.Of(AccountId.Parse(IFraudAlertsGrain.Key)), documents, ledger.MasterKey, Grains, Clock, loggers.CreateLogger<FraudAlertsGrain>());
        Grains.Register<IFraudAlertsGrain>(key => new FraudAlertsGrain(key, alerts));
        threads = [.. Shards.Writers.Select(writer => new LedgerThread(writer, ledgerOptions, Faults, machine))];
        Ended = Task.WhenAny(threads.Select(static thread => thread.Ended)).Unwrap();
        sweepers = [.. Shards.Writers.Select(writer => new DueSweeper(writer.Reader, Grains, Clock, new DueSweeperOptions(), loggers.CreateLogger<DueSweeper>()))];
        foreach (var sweeper in sweepers)
        {
            sweeper.Register<IAccountGrain>(TransferDue.Kind);
            sweeper.Register<IAccountGrain>(HoldDue.Kind);
        }

        Checkout = new CheckoutParts(dataDirectory, ledger.SharedBook, Shards, Documents(ledger), ledger.MasterKey, Grains, sweepers, Clock, acquirer, cards, Risk, riskGrains, loggers, machine);
        if (Risk is not null)
        {
            Seen = new SeenEvents(Shards.Directory, documents, ledger.MasterKey, Risk);
            recall = riskGrains.Table is { } table ? new EntityRecallParts(table, Shards, Seen, Clock, machine, loggers.CreateLogger<EntityRecallParts>()) : null;
        }

        if (ledger.IsShared)
        {
            clockRefresh = machine.CreateTimer(RefreshClock, loggers.CreateLogger<EmbeddedEdition>(), ClockRefresh, ClockRefresh);
            Rules.Follow(machine);
        }
    }

    /// <summary>Where this process keeps what is its own.</summary>
    public string DataDirectory { get; }

    public MasterKey MasterKey => ledger.MasterKey;

    /// <summary>The first shard's, which is the only one in a data directory.</summary>
    public ILedgerStore Store => ledger.Stores[0];

    public IRegistry Registry => ledger.Registry;

    /// <summary>Whether other processes may work on the same ledger.</summary>
    public bool IsShared => ledger.IsShared;

    /// <summary>Whether due work is handed over from this process.</summary>
    public bool HandsOverDueWork { get; private set; }
    public IModelShelf Models => ledger.Models;

    public ProductClock Clock { get; }

    public LedgerShards Shards { get; }

    /// <summary>The first shard's.</summary>
    public LedgerWriter Writer => Shards.Writers[0];

    public LedgerFaults Faults { get; } = new();

    public PaymentReader PaymentReader { get; }

    public IGrainHost Grains { get; }

    public CheckoutParts Checkout { get; }

    /// <summary>Null where risk is not judged.</summary>
    public RiskDesk? Risk { get; }

    /// <summary>Rows of the log as fraud's consumers see them; null where risk is not judged.</summary>
    public SeenEvents? Seen { get; }

    /// <summary>Ends once addresses and devices know what they saw before this start.</summary>
    public Task EntitiesRecalled => recall?.Ended ?? Task.CompletedTask;

    /// <summary>Fraud rules and lists, which a host reads before it serves (<see cref="RulesStart"/>).</summary>
    public RuleParts Rules { get; }

    /// <summary>Hands the first shard's due work to its grains: a contract that has some registers its kinds here.</summary>
    public DueSweeper Due => sweepers[0];

    /// <summary>One a shard.</summary>
    public IReadOnlyList<DueSweeper> Sweepers => sweepers;

    /// <summary>Fails if a writing thread ends by itself: its shard can record nothing any more.</summary>
    public Task Ended { get; }

    /// <summary>Opens a data directory; makes it, its key file and its ledger where they are missing.</summary>
    /// <exception cref="DataDirectoryInUseException">Another process has it.</exception>
    /// <exception cref="LedgerSchemaException">A newer release wrote it.</exception>
    /// <exception cref="LedgerDamagedException">It contradicts itself; nothing was overwritten.</exception>
    /// <param name="acquirer">How card acquirers are called; null for the defaults.</param>
    /// <param name="cards">Who takes cards; null for the one that the options name.</param>
    /// <param name="risk">How risk is judged; null where it is not.</param>
    public static EmbeddedEdition Open(
        string dataDirectory, LedgerOptions ledgerOptions, EmbeddedGrainsOptions grainsOptions, ILoggerFactory loggers, TimeProvider machine, AcquirerOptions? acquirer = null, IAcquirer? cards = null, RiskOptions? risk = null) =>
        Open(OpenLedger.InDirectory(dataDirectory), dataDirectory, ledgerOptions, grainsOptions, loggers, machine, acquirer, cards, risk);

    /// <summary>Goes to work on a ledger, which is the edition's from now on.</summary>
    /// <param name="dataDirectory">Where the sandbox's acquirer keeps its book.</param>
    /// <param name="acquirer">How card acquirers are called; null for the defaults.</param>
    /// <param name="cards">Who takes cards; null for the one that the options name.</param>
    /// <param name="risk">How risk is judged; null where it is not.</param>
    public static EmbeddedEdition Open(
        OpenLedger ledger, string dataDirectory, LedgerOptions ledgerOptions, EmbeddedGrainsOptions grainsOptions, ILoggerFactory loggers, TimeProvider machine, AcquirerOptions? acquirer = null, IAcquirer? cards = null, RiskOptions? risk = null)
    {
        var grains = new EmbeddedGrains(grainsOptions, machine, new ThreadPoolTurnScheduler(), loggers.CreateLogger<EmbeddedGrains>());
        var edition = Open(ledger, dataDirectory, ledgerOptions, grains, RiskGrains.InPlace(), loggers, machine, acquirer, cards, risk);
        edition.StartDueWork();
        return edition;
    }

    /// <summary>Goes to work on a ledger with grains of another host; due work is handed over from <see cref="StartDueWork"/> on.</summary>
    /// <param name="riskGrains">Where addresses, devices and cards are.</param>
    public static EmbeddedEdition Open(
        OpenLedger ledger, string dataDirectory, LedgerOptions ledgerOptions, IGrainHost grains, RiskGrains riskGrains, ILoggerFactory loggers, TimeProvider machine, AcquirerOptions? acquirer = null, IAcquirer? cards = null, RiskOptions? risk = null)
    {
        try
        {
            return new EmbeddedEdition(ledger, dataDirectory, ledgerOptions, grains, riskGrains, loggers, machine, acquirer ?? new AcquirerOptions(), cards, risk);
        }
        catch
        {
            ledger.Dispose();
            throw;
        }
    }

    /// <summary>From now on what is due, and what acquirers were asked when the last process ended, goes to its grains.</summary>
    public void StartDueWork()
    {
        HandsOverDueWork = true;
        foreach (var sweeper in sweepers)
            sweeper.Start();
        Checkout.Start();
    }

    /// <summary>Hands over no more of it, and lets what is under way end: before grains of another host go.</summary>
    public async Task StopDueWork(CancellationToken cancellationToken)
    {
        await Checkout.Stop();
        await Task.WhenAll(sweepers.Select(sweeper => sweeper.Stop(cancellationToken)));
    }

    /// <summary>Takes no new work, lets what is in flight commit and be answered, and puts the grains to sleep.</summary>
    public Task Stop(CancellationToken cancellationToken) => stopped ??= StopOnce(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Stop(CancellationToken.None);
        if (clockRefresh is not null)
            await clockRefresh.DisposeAsync();
        await Rules.DisposeAsync();
        if (recall is not null)
            await recall.DisposeAsync();
        Checkout.Dispose();
        instruments?.Dispose();
        foreach (var thread in threads)
            thread.Dispose();
        foreach (var writer in Shards.Writers)
            writer.Dispose();
        ledgerInstruments.Dispose();
        ledger.Dispose();
    }

    private static LedgerShards OpenShards(OpenLedger ledger, LedgerOptions options, ILoggerFactory loggers, TimeProvider machine, LedgerInstruments instruments)
    {
        var reader = ledger.Stores is [var only] ? only.Reader : new ShardedReader(ledger.Map, [.. ledger.Stores.Select(static store => store.Reader)]);
        var directory = new AccountDirectory(reader);
        var logger = loggers.CreateLogger<LedgerWriter>();
        var writers = ledger.Stores.Select(store => new LedgerWriter(store, options, machine, static batch => ThreadPool.UnsafeQueueUserWorkItem(batch, preferLocal: false), logger, directory, instruments));
        return new LedgerShards(ledger.Map, [.. writers], reader, directory);
    }

    private static IDocumentIndex Documents(OpenLedger ledger) =>
        ledger.Stores is [var only] ? only.Documents : new ShardedDocuments([.. ledger.Stores.Select(static store => store.Documents)]);

    // The sandbox's clock may have been advanced through another process. While the database does not answer, one thread waits for it.
    private void RefreshClock(object? logger)
    {
        if (Interlocked.Exchange(ref refreshingClock, 1) == 1)
            return;
        try
        {
            Clock.Refresh();
        }
        catch (LedgerStoreException exception)
        {
            EmbeddedEditionLog.ClockNotRefreshed((ILogger)logger!, exception);
        }
        finally
        {
            Volatile.Write(ref refreshingClock, 0);
        }
    }

    private async Task StopOnce(CancellationToken cancellationToken)
    {
        await Checkout.Stop();
        // Where the writing thread is gone, what is in flight never ends: it was not answered, and is not waited for.
        var drained = Drain(cancellationToken);
        if (await Task.WhenAny(drained, Ended) == Ended)
            return;
        await drained;
        await Task.WhenAll(threads.Select(static thread => thread.Stop()));
    }

    private async Task Drain(CancellationToken cancellationToken)
    {
        var handedOver = Task.WhenAll(sweepers.Select(sweeper => sweeper.Stop(cancellationToken)));
        await Grains.Drain(cancellationToken);
        await handedOver;
    }
}
