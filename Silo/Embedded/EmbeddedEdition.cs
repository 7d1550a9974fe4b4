using Grains.Accounts;
using Grains.Acquirers;
using Grains.Due;
using Grains.Interfaces.Accounts;
using Ledger;
using Ledger.Sealing;
using Ledger.Sqlite;
using Silo.Embedded.References;

namespace Silo.Embedded;

/// <summary>
/// The product below its gateway, in one process: a data directory's ledger, its one writing thread, and the grains that decide.
/// Opened whole or not at all.
/// </summary>
public sealed class EmbeddedEdition : IAsyncDisposable
{
    private readonly DataDirectoryLock directoryLock;
    private readonly LedgerThread thread;
    private readonly EmbeddedInstruments instruments;
    private Task? stopped;

    private EmbeddedEdition(string dataDirectory, LedgerOptions ledgerOptions, EmbeddedGrainsOptions grainsOptions, ILoggerFactory loggers, TimeProvider machine, AcquirerOptions acquirer)
    {
        directoryLock = DataDirectoryLock.Take(dataDirectory);
        try
        {
            var path = Path.Combine(dataDirectory, SqliteStore.FileName);
            MasterKey = MasterKey.Load(dataDirectory, mayCreate: !File.Exists(path));
            Store = new SqliteStore(path);
            Registry = new SqliteRegistry(path);
        }
        catch
        {
            MasterKey?.Dispose();
            Store?.Dispose();
            directoryLock.Dispose();
            throw;
        }

        Clock = new ProductClock(machine, Registry);
        Writer = new LedgerWriter(Store, ledgerOptions, machine, static batch => ThreadPool.UnsafeQueueUserWorkItem(batch, preferLocal: false), loggers.CreateLogger<LedgerWriter>());
        PaymentReader = new PaymentReader(Writer.Directory, MasterKey);
        Grains = new EmbeddedGrains(grainsOptions, machine, new ThreadPoolTurnScheduler(), loggers.CreateLogger<EmbeddedGrains>());
        instruments = new EmbeddedInstruments(Grains);
        var services = new AccountGrainServices(Writer, MasterKey, PaymentReader, Clock, loggers.CreateLogger<AccountGrain>());
        Grains.Register<IAccountGrain>(key => new AccountGrain(key, services), static handle => new AccountGrainReference(handle));
        thread = new LedgerThread(Writer, ledgerOptions, Faults, machine);
        Due = new DueSweeper(Writer.Reader, Grains, Clock, new DueSweeperOptions(), loggers.CreateLogger<DueSweeper>());
        Checkout = new CheckoutParts(dataDirectory, Writer, Store.Documents, MasterKey, Grains, Due, Clock, acquirer, loggers, machine);
        Due.Start();
        Checkout.Start();
    }

    public MasterKey MasterKey { get; }

    public SqliteStore Store { get; }

    public SqliteRegistry Registry { get; }

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
    public static EmbeddedEdition Open(
        string dataDirectory, LedgerOptions ledgerOptions, EmbeddedGrainsOptions grainsOptions, ILoggerFactory loggers, TimeProvider machine, AcquirerOptions? acquirer = null) =>
        new(dataDirectory, ledgerOptions, grainsOptions, loggers, machine, acquirer ?? new AcquirerOptions());

    /// <summary>Takes no new work, lets what is in flight commit and be answered, and puts the grains to sleep.</summary>
    public Task Stop(CancellationToken cancellationToken) => stopped ??= StopOnce(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Stop(CancellationToken.None);
        Checkout.Dispose();
        instruments.Dispose();
        thread.Dispose();
        Writer.Dispose();
        Registry.Dispose();
        Store.Dispose();
        MasterKey.Dispose();
        directoryLock.Dispose();
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
