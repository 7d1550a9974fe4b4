using Grains.Accounts;
using Grains.Acquirers;
using Grains.Due;
using Grains.Interfaces.Accounts;
using Ledger;
using Ledger.Sealing;
using Silo.Embedded.References;

namespace Silo.Embedded;

/// <summary>
/// The product below its gateway, in one process: a ledger, its one writing thread, and the grains that decide.
/// Opened whole or not at all.
/// </summary>
public sealed class EmbeddedEdition : IAsyncDisposable
{
    /// <summary>How late this process may see that another one advanced the product's clock.</summary>
    private static readonly TimeSpan ClockRefresh = TimeSpan.FromMilliseconds(500);

    private readonly OpenLedger ledger;
    private readonly LedgerThread thread;
    private readonly EmbeddedInstruments instruments;
    private readonly ITimer? clockRefresh;
    private int refreshingClock;
    private Task? stopped;

    private EmbeddedEdition(OpenLedger ledger, string dataDirectory, LedgerOptions ledgerOptions, EmbeddedGrainsOptions grainsOptions, ILoggerFactory loggers, TimeProvider machine, AcquirerOptions acquirer, IAcquirer? cards)
    {
        this.ledger = ledger;
        DataDirectory = dataDirectory;
        Clock = new ProductClock(machine, Registry);
        Writer = new LedgerWriter(Store, ledgerOptions, machine, static batch => ThreadPool.UnsafeQueueUserWorkItem(batch, preferLocal: false), loggers.CreateLogger<LedgerWriter>());
        PaymentReader = new PaymentReader(Writer.Directory, ledger.MasterKey);
        Grains = new EmbeddedGrains(grainsOptions, machine, new ThreadPoolTurnScheduler(), loggers.CreateLogger<EmbeddedGrains>());
        instruments = new EmbeddedInstruments(Grains);
        var services = new AccountGrainServices(Writer, ledger.MasterKey, PaymentReader, Clock, loggers.CreateLogger<AccountGrain>());
        Grains.Register<IAccountGrain>(key => new AccountGrain(key, services), static handle => new AccountGrainReference(handle));
        thread = new LedgerThread(Writer, ledgerOptions, Faults, machine);
        Due = new DueSweeper(Writer.Reader, Grains, Clock, new DueSweeperOptions(), loggers.CreateLogger<DueSweeper>());
        Checkout = new CheckoutParts(dataDirectory, ledger.SharedBook, Writer, Store.Documents, ledger.MasterKey, Grains, Due, Clock, acquirer, cards, loggers, machine);
        Due.Start();
        Checkout.Start();
        if (ledger.IsShared)
            clockRefresh = machine.CreateTimer(RefreshClock, loggers.CreateLogger<EmbeddedEdition>(), ClockRefresh, ClockRefresh);
    }

    /// <summary>Where this process keeps what is its own.</summary>
    public string DataDirectory { get; }

    public MasterKey MasterKey => ledger.MasterKey;

    public ILedgerStore Store => ledger.Store;

    public IRegistry Registry => ledger.Registry;

    public ProductClock Clock { get; }

    public LedgerWriter Writer { get; }

    public LedgerFaults Faults { get; } = new();

    public PaymentReader PaymentReader { get; }

    public EmbeddedGrains Grains { get; }

    public CheckoutParts Checkout { get; }

    /// <summary>Hands due work to its grains: a contract that has some registers its kinds here.</summary>
    public DueSweeper Due { get; }

    /// <summary>Fails if the writing thread ends by itself: nothing can be recorded any more.</summary>
    public Task Ended => thread.Ended;

    /// <summary>Opens a data directory; makes it, its key file and its ledger where they are missing.</summary>
    /// <exception cref="DataDirectoryInUseException">Another process has it.</exception>
    /// <exception cref="LedgerSchemaException">A newer release wrote it.</exception>
    /// <exception cref="LedgerDamagedException">It contradicts itself; nothing was overwritten.</exception>
    /// <param name="acquirer">How card acquirers are called; null for the defaults.</param>
    /// <param name="cards">Who takes cards; null for the one that the options name.</param>
    public static EmbeddedEdition Open(
        string dataDirectory, LedgerOptions ledgerOptions, EmbeddedGrainsOptions grainsOptions, ILoggerFactory loggers, TimeProvider machine, AcquirerOptions? acquirer = null, IAcquirer? cards = null) =>
        Open(OpenLedger.InDirectory(dataDirectory), dataDirectory, ledgerOptions, grainsOptions, loggers, machine, acquirer, cards);

    /// <summary>Goes to work on a ledger, which is the edition's from now on.</summary>
    /// <param name="dataDirectory">Where the sandbox's acquirer keeps its book.</param>
    /// <param name="acquirer">How card acquirers are called; null for the defaults.</param>
    /// <param name="cards">Who takes cards; null for the one that the options name.</param>
    public static EmbeddedEdition Open(
        OpenLedger ledger, string dataDirectory, LedgerOptions ledgerOptions, EmbeddedGrainsOptions grainsOptions, ILoggerFactory loggers, TimeProvider machine, AcquirerOptions? acquirer = null, IAcquirer? cards = null)
    {
        try
        {
            return new EmbeddedEdition(ledger, dataDirectory, ledgerOptions, grainsOptions, loggers, machine, acquirer ?? new AcquirerOptions(), cards);
        }
        catch
        {
            ledger.Dispose();
            throw;
        }
    }

    /// <summary>Takes no new work, lets what is in flight commit and be answered, and puts the grains to sleep.</summary>
    public Task Stop(CancellationToken cancellationToken) => stopped ??= StopOnce(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Stop(CancellationToken.None);
        if (clockRefresh is not null)
            await clockRefresh.DisposeAsync();
        Checkout.Dispose();
        instruments.Dispose();
        thread.Dispose();
        Writer.Dispose();
        ledger.Dispose();
    }

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
        await thread.Stop();
    }

    private async Task Drain(CancellationToken cancellationToken)
    {
        var handedOver = Due.Stop(cancellationToken);
        await Grains.Drain(cancellationToken);
        await handedOver;
    }
}
