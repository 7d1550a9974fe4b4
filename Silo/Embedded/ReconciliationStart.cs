using Grains.Reconciliation;
using Ledger;

namespace Silo.Embedded;

/// <summary>Lets books be compared while the server runs: in processes that hand over due work, and so may reach acquirers.</summary>
internal sealed class ReconciliationStart(EmbeddedEdition edition, ReconciliationOptions options, EventConsumers consumers, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private Reconciler? reconciler;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.IsEnabled || !edition.HandsOverDueWork)
            return Task.CompletedTask;
        reconciler = new Reconciler(new ReconciliationServices(
            edition.Shards, edition.Checkout.Documents, edition.Checkout.Acquirers, edition.Registry, edition.IsShared, consumers, edition.Clock, TimeProvider.System, options, loggers.CreateLogger<Reconciler>()));
        reconciler.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        // A host may be told to stop twice.
        if (Interlocked.Exchange(ref reconciler, null) is { } running)
            await running.DisposeAsync();
    }
}
