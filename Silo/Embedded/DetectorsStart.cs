using Grains.Fraud.Detectors;
using Ledger;

namespace Silo.Embedded;

/// <summary>Lets detectors look for patterns in the log while the server runs.</summary>
internal sealed class DetectorsStart(EmbeddedEdition edition, DetectorOptions options, EventConsumers consumers, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    /// <summary>A start waits so long for addresses and devices to know what they saw before: a short log is read by then, and nothing falls back.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private DetectorRun? run;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (edition.Seen is not { } seen)
            return;
        if (options.IsEnabled)
        {
            var raising = new AlertRaising(edition.Grains, edition.Shards, edition.Checkout.Documents);
            run = new DetectorRun(new DetectorServices(edition.Shards, seen, edition.Checkout.Documents, edition.Registry, raising, consumers, TimeProvider.System, loggers.CreateLogger<DetectorRun>()), options.Active());
            run.Start();
        }

        await Task.WhenAny(edition.EntitiesRecalled, Task.Delay(Patience, cancellationToken));
    }

    public Task StopAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        // A host may be told to stop twice.
        if (Interlocked.Exchange(ref run, null) is { } running)
            await running.DisposeAsync();
    }
}
