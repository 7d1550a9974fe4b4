using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Ledger.Shards;
using Microsoft.Extensions.Logging;

namespace Grains.Fraud.Detectors;

/// <summary>What the detectors of a process use.</summary>
/// <param name="Machine">Measures pauses; what happened when is the events' to say.</param>
public sealed record DetectorServices(
    LedgerShards Shards, SeenEvents Events, DocumentReader Documents, IRegistry Registry, AlertRaising Raising, EventConsumers Consumers, TimeProvider Machine, ILogger<DetectorRun> Logger);

/// <summary>
/// A consumer of the event log that shows it to detectors, and raises what they find. Its place is durable, a position a shard, and is
/// behind no alert that is not: what was read after it is read again after a crash, and is the same alert. Before it goes on from its
/// place, it shows the detectors what their windows held there.
/// </summary>
public sealed class DetectorRun : IAsyncDisposable
{
    /// <summary>What it is called among the consumers of the log.</summary>
    public const string ConsumerName = "fraud_detectors";

    /// <summary>The rows before its place that are shown again, of a shard, at most.</summary>
    public const int MaxWindowRows = 200_000;

    private const string PositionSetting = "fraud-detectors.position";
    private const int PageRows = 512;

    /// <summary>The newest alerts that are read for what was found before.</summary>
    private const int MaxAlerts = 1_000;

    /// <summary>It rests so many times as long as it worked, and longer while payments wait.</summary>
    private const int IdleRest = 9;

    /// <summary>It reads no more often than that: under load many events at once.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly DetectorServices services;
    private readonly IReadOnlyList<ActiveDetector> detectors;
    private readonly DetectorInstruments instruments;
    private readonly CancellationTokenSource stopping = new();
    private readonly FoundBefore before = new();
    private readonly LedgerShards shards;
    private readonly PaymentsFirst courtesy;
    private LogCursor saved;
    private long savedAt;
    private EventConsumer? consumer;
    private Task? running;

    public DetectorRun(DetectorServices services, IReadOnlyList<ActiveDetector> detectors)
    {
        (this.services, this.detectors, shards) = (services, detectors, services.Shards);
        courtesy = new PaymentsFirst(shards, services.Machine);
        instruments = new DetectorInstruments(detectors.Select(static detector => detector.Name));
        services.Consumers.Expect(ConsumerName);
    }

    /// <summary>
    /// Reads on from its place until it is disposed of. At its first start ever, the place is where the log ends as this is called: what
    /// is recorded afterwards is looked at.
    /// </summary>
    public void Start()
    {
        var place = Place();
        running = Task.Run(() => Run(place));
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        if (running is not null)
            await running;
        consumer?.Dispose();
        stopping.Dispose();
        instruments.Dispose();
    }

    private async Task Run(LogCursor position)
    {
        try
        {
            await Patiently(() => Prepare(position));
            // Until the process ends: should it stop, its lag tells.
            consumer = services.Consumers.Begin(ConsumerName, position);
            await ReadOn(consumer);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The process goes down before it was at its place.
            return;
        }
        catch (Exception exception)
        {
            DetectorsLog.Stopped(services.Logger, exception);
        }
    }

    // Of a ledger whose shards became more or fewer there is no place: it begins at the end.
    private LogCursor Place()
    {
        var end = shards.End;
        var known = LogCursor.TryParse(services.Registry.ReadOrAddSetting(PositionSetting, end.ToString()), shards.Count, out var place) ? place : end;
        (saved, savedAt) = (known, services.Machine.GetTimestamp());
        return known;
    }

    /// <summary>What detectors knew at the place, and what was an alert by then.</summary>
    private async Task<bool> Prepare(LogCursor place)
    {
        var cursor = place;
        for (var shard = 0; shard < shards.Count; shard++)
        {
            var reader = shards.Writers[shard].Reader;
            if (place[shard] > 0 && await reader.RowsAfter(place[shard] - 1, 1) is [var last])
                cursor = cursor.With(shard, await LogStart.Since(reader, place[shard], last.TimeMs - WindowMs.Day, MaxWindowRows));
        }

        while (cursor.Behind(place) > 0)
        {
            var began = courtesy.Now;
            var rows = await shards.RowsAfter(cursor, PageRows);
            if (rows.Count == 0)
                break;
            foreach (var row in rows)
            {
                cursor = cursor.After(row);
                if (row.Position <= place[ShardNumbers.ShardOf(row.Id)])
                    await Show(row, static (_, _) => Task.CompletedTask);
            }

            await courtesy.Rest(began, 0, TimeSpan.Zero, stopping.Token);
            stopping.Token.ThrowIfCancellationRequested();
        }

        if (await shards.Directory.Find(AccountId.Parse(IFraudAlertsGrain.Key)) is { } owner)
            foreach (var alert in (await services.Documents.List(new DocumentQuery(owner.Number, AlertList.Kind, null, 0, 0, MaxAlerts))).Select(static each => FraudJson.ReadAlert(each.State.Public)).Reverse())
                before.Note(alert.Detector, alert.About, alert.FoundAtMs, []);
        return true;
    }

    private async Task ReadOn(EventConsumer reader)
    {
        try
        {
            while (true)
            {
                var began = courtesy.Now;
                var read = await Patiently(() => ReadPage(reader));
                if (services.Machine.GetElapsedTime(savedAt) >= SaveEvery)
                    await Patiently(() => Task.FromResult(Save(reader.Position)));
                await (read == 0 ? shards.WaitBeyond(reader.Position, stopping.Token) : courtesy.Rest(began, IdleRest, Pace, stopping.Token));
            }
        }
        finally
        {
            Save(reader.Position);
        }
    }

    private async Task<int> ReadPage(EventConsumer reader)
    {
        var rows = await shards.RowsAfter(reader.Position, PageRows);
        foreach (var row in rows)
        {
            await Show(row, (detector, finding) => Raise(detector, finding, row));
            // Only now: what is tried again begins with this row, which detectors know already.
            reader.Position = reader.Position.After(row);
        }

        return rows.Count;
    }

    private async Task Show(LogRow row, Func<ActiveDetector, DetectorFinding, Task> found)
    {
        if (await services.Events.ReadPayment(row) is { } payment)
            foreach (var detector in detectors)
                if (detector.Detector.See(payment) is { } finding)
                    await found(detector, finding);
        foreach (var attempt in await services.Events.ReadCardTries(row))
            foreach (var detector in detectors)
                if (detector.Detector.See(attempt) is { } finding)
                    await found(detector, finding);
    }

    private async Task Raise(ActiveDetector detector, DetectorFinding finding, LogRow row)
    {
        var suspects = detector.Freezes ? finding.Suspects : [];
        if (before.Has(detector.Name, finding.About, row.TimeMs, suspects))
            return;
        var answer = await services.Raising.Raise(detector, finding, row.TimeMs);
        before.Note(detector.Name, finding.About, answer.Alert!.FoundAtMs, suspects);
        if (answer.Replayed)
            return;
        instruments.Raised(detector.Name);
        DetectorsLog.Raised(services.Logger, answer.Alert.Id, detector.Name, answer.Alert.Frozen.Count);
    }

    private bool Save(LogCursor position)
    {
        savedAt = services.Machine.GetTimestamp();
        if (saved.Behind(position) == 0)
            return false;
        services.Registry.WriteSetting(PositionSetting, position.ToString());
        saved = position;
        return true;
    }

    /// <summary>Does what may fail for a while until it does not, waiting longer and longer.</summary>
    private async Task<T> Patiently<T>(Func<Task<T>> work)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await work();
            }
            catch (Exception exception) when (exception is LedgerStoreException { IsTransient: true } or TimeoutException or Grains.Interfaces.GrainHostStopping)
            {
                DetectorsLog.TriesAgain(services.Logger, exception);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(50L << Math.Min(tries, 16), LongestPause.TotalMilliseconds)), services.Machine, stopping.Token);
            }
        }
    }
}
