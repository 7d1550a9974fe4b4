using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Gateway.Problems;
using Gateway.Wire;
using Ledger;
using Ledger.Shards;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Gateway.Events;

/// <summary>
/// Streams of the log as server-sent events. One loop a reader writes no faster than its reader reads, so that nothing gathers here.
/// Each event's id is its cursor: a reader that comes back with it misses and doubles nothing.
/// </summary>
internal sealed class EventSubscriptions
{
    /// <summary>What the readers are called among the consumers of the log.</summary>
    private const string ConsumerName = "stream";

    private const string LastEventId = "Last-Event-ID";
    private const string StreamCursor = "Stream-Cursor";

    private static readonly TimeSpan LagCheck = TimeSpan.FromSeconds(1);

    private readonly LedgerShards shards;
    private readonly EventConsumers consumers;
    private readonly TimeProvider timeProvider;
    private readonly CancellationToken stopping;
    private readonly int maxLag;
    private readonly TimeSpan ping;

    public EventSubscriptions(LedgerShards shards, EventConsumers consumers, IHostApplicationLifetime lifetime, TimeProvider timeProvider, IOptions<GatewayOptions> options)
    {
        (this.shards, this.consumers, this.timeProvider) = (shards, consumers, timeProvider);
        stopping = lifetime.ApplicationStopping;
        maxLag = options.Value.StreamMaxLag;
        ping = TimeSpan.FromSeconds(options.Value.StreamPingSeconds);
        consumers.Expect(ConsumerName);
    }

    /// <summary>Where a reader begins: after the event that it names by header, or by query, else now. What is refused stands in the query's errors.</summary>
    public LogCursor Start(HttpContext context, QueryParameters query)
    {
        var after = query.Cursor(shards.Count);
        if (context.Request.Headers[LastEventId] is [{ Length: > 0 } last])
        {
            if (LogCursor.TryParse(last, shards.Count, out var resumed))
                after = resumed;
            else
                query.Errors.Add(LastEventId, "is not a cursor of this stream.");
        }

        return after ?? shards.End;
    }

    /// <summary>The stream as an answer, which opens its source when it begins; a refusal where the log let go of what comes after the cursor.</summary>
    public async Task<IResult> Stream(Func<IStreamSource> open, LogCursor from)
    {
        if (await Oldest(from) is not { } oldest)
            return new Subscription(this, open, from);
        return new Problem(ProblemCode.CursorExpired, $"The oldest cursor is {oldest}.") { Members = [new("oldest", oldest.ToString())] };
    }

    /// <summary>Writes an event's frame.</summary>
    public static void WriteFrame(IBufferWriter<byte> output, LogCursor cursor, ReadOnlySpan<byte> json)
    {
        output.Write("id: "u8);
        output.Write(Encoding.ASCII.GetBytes(cursor.ToString()));
        output.Write("\ndata: "u8);
        output.Write(json);
        output.Write("\n\n"u8);
    }

    // Positions have no gaps: what is missing after a cursor was let go of. The beginning is wherever the log begins.
    private async ValueTask<LogCursor?> Oldest(LogCursor from)
    {
        if (LogCursor.Start(shards.Count).Behind(from) == 0)
            return null;
        var oldest = from;
        for (var shard = 0; shard < shards.Count; shard++)
            if (await shards.Writers[shard].Reader.RowsAfter(from[shard], 1) is [var next] && next.Position > from[shard] + 1)
                oldest = oldest.With(shard, next.Position - 1);
        return from.Behind(oldest) == 0 ? null : oldest;
    }

    private sealed class Subscription(EventSubscriptions owner, Func<IStreamSource> open, LogCursor from) : IResult
    {
        private LogCursor cursor = from;
        private long allowedLag = long.MaxValue;

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            ServerSentEvents.Begin(httpContext);
            // Who began at now and lost the connection before the first event has this to come back with.
            httpContext.Response.Headers[StreamCursor] = cursor.ToString();
            // A slow reader is told so and closed by this loop, not cut off by the server.
            if (httpContext.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
                rate.MinDataRate = null;
            using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, owner.stopping);
            try
            {
                using var consumer = owner.consumers.Begin(ConsumerName, cursor);
                using var source = open();
                await Run(source, httpContext.Response.BodyWriter, consumer, end.Token);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested || owner.stopping.IsCancellationRequested)
            {
                // The reader went away, or the process is going down: the stream ends, and its reader comes back with its cursor.
                return;
            }
        }

        private async Task Run(IStreamSource source, PipeWriter output, EventConsumer consumer, CancellationToken end)
        {
            output.Write("retry: 2000\n\n"u8);
            await output.FlushAsync(end);
            while (true)
            {
                var next = await source.WriteNext(output, cursor);
                cursor = next ?? cursor;
                if (!await Flush(output, end))
                    return;
                consumer.Position = cursor;
                if (next is null)
                    await WaitForMore(source, output, end);
            }
        }

        private async Task WaitForMore(IStreamSource source, PipeWriter output, CancellationToken end)
        {
            while (true)
            {
                try
                {
                    await source.WaitBeyond(cursor, end).WaitAsync(owner.ping, owner.timeProvider, end);
                    return;
                }
                catch (TimeoutException)
                {
                    output.Write(": ping\n\n"u8);
                    await output.FlushAsync(end);
                }
            }
        }

        // False where the reader fell too far behind: it has been told, and the stream ends.
        private async Task<bool> Flush(PipeWriter output, CancellationToken end)
        {
            var flushed = output.FlushAsync(end);
            if (flushed.IsCompletedSuccessfully)
                return !IsTooSlow() || await TellTooSlow(output, end);
            var flush = flushed.AsTask();
            while (!flush.IsCompleted)
            {
                try
                {
                    await flush.WaitAsync(LagCheck, owner.timeProvider, end);
                }
                catch (TimeoutException) when (IsTooSlow())
                {
                    await flush;
                    return await TellTooSlow(output, end);
                }
                catch (TimeoutException)
                {
                    // Still within its bounds: wait on.
                    continue;
                }
            }

            await flush;
            return !IsTooSlow() || await TellTooSlow(output, end);
        }

        // A reader that starts in the past catches up: it is behind, but does not fall behind. It may never lose more than the
        // limit against the best it had.
        private bool IsTooSlow()
        {
            var lag = cursor.Behind(owner.shards.End);
            allowedLag = Math.Min(allowedLag, lag + owner.maxLag);
            return lag > allowedLag;
        }

        private static async Task<bool> TellTooSlow(PipeWriter output, CancellationToken end)
        {
            output.Write(": too slow\n\n"u8);
            await output.FlushAsync(end);
            return false;
        }
    }
}
