using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Gateway.Keys;
using Gateway.Wire;
using Ledger;
using Ledger.Shards;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Gateway.Events;

/// <summary>
/// <c>GET /events/stream</c>: server-sent events. One loop a reader reads the tail of the log and writes no faster than its reader
/// reads, so that nothing gathers here. Each event's id is its cursor: a reader that comes back with it misses and doubles nothing.
/// </summary>
internal sealed class EventStream
{
    /// <summary>What its readers are called among the consumers of the log.</summary>
    private const string ConsumerName = "stream";

    private const string LastEventId = "Last-Event-ID";
    private const int PageRows = 200;

    private static readonly TimeSpan LagCheck = TimeSpan.FromSeconds(1);

    private readonly EventReader events;
    private readonly LedgerShards shards;
    private readonly EventConsumers consumers;
    private readonly TimeProvider timeProvider;
    private readonly CancellationToken stopping;
    private readonly int maxLag;
    private readonly TimeSpan ping;

    public EventStream(EventReader events, LedgerShards shards, EventConsumers consumers, IHostApplicationLifetime lifetime, TimeProvider timeProvider, IOptions<GatewayOptions> options)
    {
        (this.events, this.shards, this.consumers, this.timeProvider) = (events, shards, consumers, timeProvider);
        stopping = lifetime.ApplicationStopping;
        maxLag = options.Value.StreamMaxLag;
        ping = TimeSpan.FromSeconds(options.Value.StreamPingSeconds);
        consumers.Expect(ConsumerName);
    }

    public Task<IResult> Get(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context, "after", "type", "subject");
        var after = query.Cursor(shards.Count);
        var filter = EventFilter.Read(query);
        if (context.Request.Headers[LastEventId] is [{ Length: > 0 } last])
        {
            if (LogCursor.TryParse(last, shards.Count, out var resumed))
                after = resumed;
            else
                query.Errors.Add(LastEventId, "is not a cursor of this stream.");
        }

        return Task.FromResult<IResult>(query.Errors.Any
            ? query.Errors.ToProblem()
            : new Subscription(this, caller, filter, after ?? shards.End));
    }

    private sealed class Subscription(EventStream owner, Caller caller, EventFilter filter, LogCursor from) : IResult
    {
        private LogCursor cursor = from;
        private long allowedLag = long.MaxValue;

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            ServerSentEvents.Begin(httpContext);
            // A slow reader is told so and closed by this loop, not cut off by the server.
            if (httpContext.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
                rate.MinDataRate = null;
            using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, owner.stopping);
            try
            {
                using var consumer = owner.consumers.Begin(ConsumerName, cursor);
                await Run(httpContext.Response.BodyWriter, consumer, end.Token);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // The reader went away, or the process is going down: the stream ends, and its reader comes back with its cursor.
                return;
            }
        }

        private async Task Run(PipeWriter output, EventConsumer consumer, CancellationToken end)
        {
            output.Write("retry: 2000\n\n"u8);
            await output.FlushAsync(end);
            while (true)
            {
                var rows = await owner.events.After(cursor, PageRows);
                foreach (var row in rows)
                {
                    cursor = cursor.After(row);
                    if (await owner.events.See(row, caller, filter) is { } seen)
                        Write(output, seen);
                }

                if (!await Flush(output, end))
                    return;
                consumer.Position = cursor;
                if (rows.Count == 0)
                    await WaitForMore(output, end);
            }
        }

        private void Write(PipeWriter output, LogEvent seen)
        {
            output.Write("id: "u8);
            output.Write(Encoding.ASCII.GetBytes(cursor.ToString()));
            output.Write("\ndata: "u8);
            output.Write(JsonReply.Render(seen, EventJson.Write));
            output.Write("\n\n"u8);
        }

        private async Task WaitForMore(PipeWriter output, CancellationToken end)
        {
            while (true)
            {
                try
                {
                    await owner.shards.WaitBeyond(cursor, end).WaitAsync(owner.ping, owner.timeProvider, end);
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
            output.Write(Encoding.ASCII.GetBytes(": too slow\n\n"));
            await output.FlushAsync(end);
            return false;
        }
    }
}
