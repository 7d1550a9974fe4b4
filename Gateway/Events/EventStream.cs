using System.Buffers;
using Gateway.Keys;
using Gateway.Wire;
using Ledger.Shards;
using Microsoft.AspNetCore.Http;

namespace Gateway.Events;

/// <summary><c>GET /events/stream</c>: the log as server-sent events. Each reader reads the tail of the log for itself, for each sees something else.</summary>
internal sealed class EventStream(EventReader events, LedgerShards shards, EventSubscriptions subscriptions)
{
    private const int PageRows = 200;

    public async Task<IResult> Get(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context, "after", "type", "subject");
        var from = subscriptions.Start(context, query);
        var filter = EventFilter.Read(query);
        return query.Errors.Any
            ? query.Errors.ToProblem()
            : await subscriptions.Stream(() => new Source(events, shards, caller, filter), from);
    }

    private sealed class Source(EventReader events, LedgerShards shards, Caller caller, EventFilter filter) : IStreamSource
    {
        public async ValueTask<LogCursor?> WriteNext(IBufferWriter<byte> output, LogCursor after)
        {
            var rows = await events.After(after, PageRows);
            var cursor = after;
            foreach (var row in rows)
            {
                cursor = cursor.After(row);
                if (await events.See(row, caller, filter) is { } seen)
                    EventSubscriptions.WriteFrame(output, cursor, JsonReply.Render(seen, EventJson.Write));
            }

            return rows.Count == 0 ? null : cursor;
        }

        public Task WaitBeyond(LogCursor after, CancellationToken cancellationToken) => shards.WaitBeyond(after, cancellationToken);

        public void Dispose()
        {
            // It holds nothing.
        }
    }
}
