using System.Text;
using Ledger;
using Ledger.Shards;
using Npgsql;
using Polly;
using Polly.Retry;

namespace Silo.Cluster.Streams;

/// <summary>Gives events to a stream, in order; returns once its provider has them.</summary>
internal delegate Task PublishEvents(StreamId stream, IReadOnlyList<PaymentEvent> events);

/// <summary>What the relays of a process use.</summary>
internal sealed record RelayServices(
    LedgerShards Shards, LogEvents Events, RelayBook Book, PublishEvents Publish, StreamsSettings Settings, EventConsumers Consumers, RelayInstruments Instruments, TimeProvider Time, ILogger<EventRelay> Logger);

/// <summary>
/// Relays the log of one shard, wherever it is not relayed yet: reads on from the place in the database, publishes, and only then moves the
/// place. So an event is published at least once, and none twice but after a failure. What cannot be published is put aside, an event
/// without data stands for it, and the relay goes on.
/// </summary>
internal sealed partial class EventRelay
{
    /// <summary>What relays are called among the consumers of the log.</summary>
    public const string ConsumerName = "stream_relay";

    /// <summary>What a message has beside the data of its events.</summary>
    private const int HeadBytes = 512;

    /// <summary>The log is read no more often than that: under load many events at once.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    private readonly int shard;
    private readonly string owner;
    private readonly RelayServices services;
    private readonly TimeSpan lease;
    private readonly ILedgerReader reader;
    private readonly ResiliencePipeline patience;

    /// <param name="owner">By which an operator knows the process.</param>
    public EventRelay(int shard, string owner, RelayServices services)
    {
        (this.shard, this.owner, this.services) = (shard, owner, services);
        lease = TimeSpan.FromSeconds(services.Settings.LeaseSeconds);
        reader = services.Shards.Writers[shard].Reader;
        // Until it is told to stop: a provider or database that is away, or full, is waited for, and the place stays.
        patience = new ResiliencePipelineBuilder { TimeProvider = services.Time }.AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(static exception => exception is not LeaseLostException && !StreamProviders.Refuses(exception)),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(50),
            MaxDelay = TimeSpan.FromSeconds(5),
            OnRetry = retry =>
            {
                TriesAgain(services.Logger, shard, retry.Outcome.Exception);
                return default;
            },
        }).Build();
    }

    /// <summary>Relays, or waits until the one that does is gone, until it is told to stop.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                try
                {
                    if (await Patiently(() => services.Book.Take(shard, owner, lease, stop), stop) is { } taken)
                        await Relay(taken, stop);
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !stop.IsCancellationRequested)
                {
                    // Say a provider that refuses even what stands for an event: this shard's streams wait, the silo goes on.
                    Failed(services.Logger, shard, exception);
                }

                await Task.Delay(lease / 3, services.Time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Ended(services.Logger, shard);
        }
    }

    private async Task Relay(RelayLease taken, CancellationToken stop)
    {
        var (tail, position) = (services.Shards.Writers[shard].Tail, taken.Position);
        using var reading = services.Consumers.Begin(ConsumerName, Place(position));
        services.Instruments.Begin(shard, () => Math.Max(0, tail.Position - Volatile.Read(ref position)));
        try
        {
            for (var requeued = true; ;)
            {
                if (requeued)
                    await PublishRequeued(taken, stop);
                var rows = await Patiently(async () => await reader.RowsAfter(position, services.Settings.BatchEvents), stop);
                await Publish(taken, rows, stop);
                var after = rows.Count == 0 ? position : rows[^1].Position;
                requeued = await Keep(taken, after, stop);
                Volatile.Write(ref position, after);
                reading.Position = Place(after);
                services.Instruments.Relayed(shard, rows.Count);
                if (rows.Count == 0)
                    await Idle(tail, position, stop);
                if (rows.Count < services.Settings.BatchEvents)
                    await Task.Delay(Pace, services.Time, stop);
            }
        }
        catch (LeaseLostException)
        {
            Lost(services.Logger, shard, position);
        }
        finally
        {
            services.Instruments.End(shard);
            await Release(taken);
        }
    }

    // Until there is more to read, or the lease is to be kept. No waiter stays behind at the tail of a quiet log.
    private async Task Idle(LogTail tail, long position, CancellationToken stop)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(tail.WaitBeyond(position, waiting.Token), Task.Delay(lease / 3, services.Time, waiting.Token));
        await waiting.CancelAsync();
    }

    private async Task Release(RelayLease taken)
    {
        try
        {
            await services.Book.Release(taken, CancellationToken.None);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            // The lease runs out, then.
            NotReleased(services.Logger, shard, exception);
        }
    }

    private async Task<bool> Keep(RelayLease taken, long position, CancellationToken stop) =>
        await Patiently(() => services.Book.Advance(taken, position, lease, stop), stop) ?? throw new LeaseLostException();

    // Each stream its events in order; one stream does not wait for another.
    private async Task Publish(RelayLease taken, IReadOnlyList<LogRow> rows, CancellationToken stop)
    {
        var streams = new Dictionary<StreamId, List<PaymentEvent>>();
        foreach (var row in rows)
        {
            var published = await Publishable(row, stop);
            var stream = PaymentEvent.StreamOf(published.ShardKey);
            if (!streams.TryGetValue(stream, out var events))
                streams[stream] = events = [];
            events.Add(published);
        }

        await Task.WhenAll(streams.Select(stream => PublishInMessages(taken, stream.Key, stream.Value, stop)));
    }

    private async Task<PaymentEvent> Publishable(LogRow row, CancellationToken stop)
    {
        var (read, unreadable) = await Patiently(async () => await services.Events.Read(row), stop);
        if (unreadable is null && Bytes(read) > services.Settings.MaxMessageBytes)
            unreadable = $"It has {Bytes(read)} bytes, and a message at most {services.Settings.MaxMessageBytes}.";
        return unreadable is null ? read : await Bury(read, unreadable, stop);
    }

    private async Task PublishInMessages(RelayLease taken, StreamId stream, List<PaymentEvent> events, CancellationToken stop)
    {
        for (var (first, count) = (0, 0); first < events.Count; (first, count) = (first + count, 0))
        {
            for (var bytes = 0; first + count < events.Count; count++)
                if ((bytes += Bytes(events[first + count])) > services.Settings.MaxMessageBytes && count > 0)
                    break;
            await PublishMessage(taken, stream, events.GetRange(first, count), stop);
        }
    }

    // What a provider refuses as a message it is given event by event: only the one that it refuses stays behind. Whether none did.
    private async Task<bool> PublishMessage(RelayLease taken, StreamId stream, List<PaymentEvent> events, CancellationToken stop)
    {
        try
        {
            return await PublishPatiently(taken, stream, events, stop);
        }
        catch (Exception exception) when (StreamProviders.Refuses(exception) && (events.Count > 1 || events[0].Data is not null))
        {
            if (events is [var refused])
                await PublishPatiently(taken, stream, [await Bury(refused, $"The provider refuses it: {exception.Message}", stop)], stop);
            else
                foreach (var one in events)
                    await PublishMessage(taken, stream, [one], stop);
            return false;
        }
    }

    private Task<bool> PublishPatiently(RelayLease taken, StreamId stream, List<PaymentEvent> events, CancellationToken stop)
    {
        var tries = 0;
        return Patiently(
            async () =>
            {
                // While the provider is waited for, the shard stays this relay's.
                if (tries++ > 0)
                    _ = await services.Book.Advance(taken, 0, lease, stop) ?? throw new LeaseLostException();
                await services.Publish(stream, events).WaitAsync(stop);
                return true;
            },
            stop);
    }

    private async Task PublishRequeued(RelayLease taken, CancellationToken stop)
    {
        foreach (var letter in await Patiently(() => services.Book.Letters(shard, stop), stop))
        {
            var rows = await Patiently(async () => await reader.RowsAfter(letter.Position - 1, 1), stop);
            if (rows is not [{ } row] || row.Position != letter.Position)
                await Patiently(() => services.Book.Bury(shard, letter.Position, "The log let go of it.", stop), stop);
            else if (await Publishable(row, stop) is { Data: not null } published
                && await PublishMessage(taken, PaymentEvent.StreamOf(published.ShardKey), [published with { IsRequeued = true }], stop))
                await Patiently(() => services.Book.Forget(shard, letter.Position, stop), stop);
        }
    }

    /// <summary>Puts an event aside, and gives what is published in its place.</summary>
    private async Task<PaymentEvent> Bury(PaymentEvent dead, string reason, CancellationToken stop)
    {
        await Patiently(() => services.Book.Bury(shard, dead.Position, reason, stop), stop);
        services.Instruments.Buried(shard);
        PutAside(services.Logger, shard, dead.Position, reason);
        return dead with { Data = null };
    }

    private async Task<T> Patiently<T>(Func<Task<T>> work, CancellationToken stop) => await patience.ExecuteAsync(async _ => await work(), stop);

    // Of the other shards it has nothing to read.
    private LogCursor Place(long position)
    {
        var places = Enumerable.Repeat(long.MaxValue - 1, services.Shards.Count).ToArray();
        places[shard] = position;
        return new LogCursor(places);
    }

    /// <summary>What an event takes of a message.</summary>
    internal static int Bytes(PaymentEvent one) => HeadBytes + (one.Data is null ? 0 : Encoding.UTF8.GetByteCount(one.Data));

    [LoggerMessage(1, LogLevel.Warning, "The relay of shard {Shard} tries again.")]
    private static partial void TriesAgain(ILogger logger, int shard, Exception? exception);

    [LoggerMessage(2, LogLevel.Warning, "Event {Position} of shard {Shard} was put aside: {Reason}")]
    private static partial void PutAside(ILogger logger, int shard, long position, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Shard {Shard} is relayed elsewhere, or from another place, from {Position} on.")]
    private static partial void Lost(ILogger logger, int shard, long position);

    [LoggerMessage(5, LogLevel.Warning, "Shard {Shard} was not given back; another relay waits until the lease is over.")]
    private static partial void NotReleased(ILogger logger, int shard, Exception exception);

    [LoggerMessage(6, LogLevel.Error, "The relay of shard {Shard} failed, and begins again at its place.")]
    private static partial void Failed(ILogger logger, int shard, Exception exception);

    [LoggerMessage(4, LogLevel.Debug, "Shard {Shard} is not relayed here any more.")]
    private static partial void Ended(ILogger logger, int shard);

    /// <summary>Another relay has the shard, or it was moved.</summary>
    private sealed class LeaseLostException : Exception;
}
