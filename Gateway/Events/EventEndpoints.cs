using Gateway.Keys;
using Gateway.Wire;
using Grains.Interfaces.Values;
using Ledger.Shards;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Gateway.Events;

/// <summary><c>GET /events</c>: the log by page, oldest first.</summary>
internal sealed class EventEndpoints(ApiKeys keys, EventReader events, EventStream stream, LedgerShards shards, IOptions<GatewayOptions> options)
{
    private const int PageRows = 500;

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/events");
        group.MapGet("", Guard.For(keys, Right.Read, Get));
        group.MapGet("/stream", Guard.For(keys, Right.Read, stream.Get));
    }

    private async Task<IResult> Get(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context, "after", "limit", "type", "subject");
        var limit = query.Limit();
        var after = query.Cursor(shards.Count) ?? LogCursor.Start(shards.Count);
        var filter = EventFilter.Read(query);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var page = filter.Subject is { } subject && PaymentId.TryParse(subject, out var payment)
            ? await OfPayment(payment, after, limit, filter, caller)
            : await OfLog(after, limit, filter, caller);
        return page.ToResult(EventJson.Write);
    }

    // A payment's few rows are found by its number; the log is not walked for them.
    private async ValueTask<ListPage<LogEvent>> OfPayment(PaymentId payment, LogCursor after, int limit, EventFilter filter, Caller caller)
    {
        var found = new List<LogEvent>();
        var cursor = after;
        foreach (var row in await shards.Reader.PaymentRows(payment.Number))
        {
            if (row.Position <= after[ShardNumbers.ShardOf(row.Id)] || await events.See(row, caller, filter) is not { } seen)
                continue;
            if (found.Count == limit)
                return new ListPage<LogEvent>(found, true, cursor.ToString());
            found.Add(seen);
            cursor = cursor.After(row);
        }

        return new ListPage<LogEvent>(found, false, cursor.ToString());
    }

    private async ValueTask<ListPage<LogEvent>> OfLog(LogCursor after, int limit, EventFilter filter, Caller caller)
    {
        var found = new List<LogEvent>();
        var cursor = after;
        for (var scanned = 0; scanned < options.Value.MaxScannedRows;)
        {
            var rows = await events.After(cursor, PageRows);
            if (rows.Count == 0)
                return new ListPage<LogEvent>(found, false, cursor.ToString());
            foreach (var row in rows)
            {
                if (await events.See(row, caller, filter) is { } seen)
                {
                    if (found.Count == limit)
                        return new ListPage<LogEvent>(found, true, cursor.ToString());
                    found.Add(seen);
                }

                cursor = cursor.After(row);
            }

            scanned += rows.Count;
        }

        return new ListPage<LogEvent>(found, true, cursor.ToString());
    }
}
