using System.Buffers;
using Gateway.Events;
using Gateway.Keys;
using Gateway.Wire;
using Ledger.Shards;
using Microsoft.AspNetCore.Http;

namespace Gateway.Fraud;

/// <summary>
/// <c>GET /fraud/stream</c>: payments with their fraud decisions, and analysts' work, as server-sent events, for analysts. Its order,
/// cursors and bounds are those of <c>/events/stream</c>.
/// </summary>
internal sealed class FraudStream(FraudStreamTail tail, FraudStreamReader reader, EventSubscriptions subscriptions) : IDisposable
{
    // Readers of the past take turns, a page each, so that many who come back together leave the payments their processor.
    private readonly SemaphoreSlim past = new(1);

    public async Task<IResult> Get(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context, ["after", .. FraudStreamFilter.Names]);
        var from = subscriptions.Start(context, query);
        var filter = FraudStreamFilter.Read(query);
        return query.Errors.Any ? query.Errors.ToProblem() : await subscriptions.Stream(() => new Source(tail, Past, filter), from);
    }

    public void Dispose() => past.Dispose();

    private async ValueTask<FraudStreamPage?> Past(LogCursor after)
    {
        await past.WaitAsync();
        try
        {
            return await reader.After(after);
        }
        finally
        {
            past.Release();
        }
    }

    private sealed class Source : IStreamSource
    {
        private readonly FraudStreamTail tail;
        private readonly Func<LogCursor, ValueTask<FraudStreamPage?>> past;
        private readonly FraudStreamFilter filter;
        private long place = -1;

        public Source(FraudStreamTail tail, Func<LogCursor, ValueTask<FraudStreamPage?>> past, FraudStreamFilter filter)
        {
            (this.tail, this.past, this.filter) = (tail, past, filter);
            tail.Join();
        }

        public async ValueTask<LogCursor?> WriteNext(IBufferWriter<byte> output, LogCursor after)
        {
            if ((tail.After(after, ref place) ?? await past(after)) is not { } page)
                return null;
            var cursor = after;
            foreach (var fraudEvent in page.Events)
            {
                cursor = cursor.With(fraudEvent.Shard, fraudEvent.Position);
                if (filter.Takes(fraudEvent))
                    EventSubscriptions.WriteFrame(output, cursor, fraudEvent.Json.Span);
            }

            return after.Behind(page.End) > 0 ? page.End : null;
        }

        public Task WaitBeyond(LogCursor after, CancellationToken cancellationToken) => tail.More(place, after);

        public void Dispose() => tail.Leave();
    }
}
