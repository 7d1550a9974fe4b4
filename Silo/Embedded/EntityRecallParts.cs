using Grains.Fraud.Detectors;
using Grains.Fraud.Entities;
using Ledger;
using Ledger.Shards;

namespace Silo.Embedded;

/// <summary>Reads back, beside the payments, what addresses and devices saw before this start; until then they answer that they do not know.</summary>
internal sealed partial class EntityRecallParts : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stopping = new();
    private readonly TimeProvider machine;
    private readonly ILogger<EntityRecallParts> logger;

    public EntityRecallParts(RiskEntityTable table, LedgerShards shards, SeenEvents events, ProductClock clock, TimeProvider machine, ILogger<EntityRecallParts> logger)
    {
        (this.machine, this.logger) = (machine, logger);
        // A ledger that has nothing has nothing to tell.
        if (LogCursor.Start(shards.Count).Behind(shards.End) == 0)
            (table.IsWhole, Ended) = (true, Task.CompletedTask);
        else
            Ended = Task.Run(() => Run(table, new EntityRecall(shards, events, table.Recall, machine), clock));
    }

    public Task Ended { get; }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Ended;
        stopping.Dispose();
    }

    private async Task Run(RiskEntityTable table, EntityRecall recall, ProductClock clock)
    {
        try
        {
            while (!await TryRun(table, recall, clock))
                await Task.Delay(Pause, machine, stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The process goes down before all was read: the next one reads it again.
            return;
        }
    }

    private async Task<bool> TryRun(RiskEntityTable table, EntityRecall recall, ProductClock clock)
    {
        try
        {
            var began = machine.GetTimestamp();
            var told = await recall.Run(clock.GetUtcNow().ToUnixTimeMilliseconds(), stopping.Token);
            table.IsWhole = true;
            Recalled(logger, told, (long)machine.GetElapsedTime(began).TotalMilliseconds);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            NotRecalled(logger, exception);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Addresses and devices know {Attempts} attempts of before, read in {Milliseconds} ms.")]
    private static partial void Recalled(ILogger logger, long attempts, long milliseconds);

    [LoggerMessage(2, LogLevel.Warning, "What addresses and devices saw before cannot be read for now; they answer that they do not know.")]
    private static partial void NotRecalled(ILogger logger, Exception exception);
}
