using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Requests;

/// <summary><c>/requests</c>: what a merchant asked the <c>/v1</c> surface, and what it was answered.</summary>
internal sealed class RequestEndpoints(ApiKeys keys, RequestLog log)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/requests");
        group.MapGet("", Guard.For(keys, Right.Read, List));
        group.MapGet("/{id}", Guard.For(keys, Right.Read, Get));
    }

    private async Task<IResult> List(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context, [.. RequestFilter.Names, "limit", "after"]);
        var (limit, after) = (query.Limit(), query.Cursor() ?? 0);
        var filter = RequestFilter.Read(query, caller);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var found = await log.List(filter.Takes, after, limit + 1);
        var more = found.Count > limit;
        var page = more ? found.Take(limit).ToArray() : found;
        return new ListPage<RequestEntry>(page, more, more ? page[^1].Number.ToString(CultureInfo.InvariantCulture) : null).ToResult(static (json, entry) =>
        {
            json.WriteStartObject();
            Write(json, entry.Facts);
            json.WriteEndObject();
        });
    }

    private async Task<IResult> Get(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (await log.Find((string)context.Request.RouteValues["id"]!) is not { } found || !caller.Sees(found.Facts.Tenant))
            return new Problem(ProblemCode.NotFound);
        return new JsonResult<(RequestRecord Facts, byte[] Answer)>(StatusCodes.Status200OK, found, static (json, request) =>
        {
            json.WriteStartObject();
            Write(json, request.Facts);
            json.WriteString("apiVersion"u8, request.Facts.ApiVersion);
            json.WriteString("userAgent"u8, request.Facts.UserAgent);
            json.WriteString("address"u8, request.Facts.Address);
            json.WriteBoolean("publishableKey"u8, request.Facts.IsPublishable);
            json.WriteBoolean("cut"u8, request.Facts.IsCut);
            json.WriteStartArray("parameters"u8);
            foreach (var pair in request.Facts.Parameters)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, pair[0]);
                json.WriteString("value"u8, pair[1]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("answer"u8, Encoding.UTF8.GetString(request.Answer));
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, RequestRecord request)
    {
        json.WriteString("id"u8, request.Id);
        json.WriteTime("createdAt"u8, request.TimeMs);
        json.WriteString("method"u8, request.Method);
        json.WriteString("path"u8, request.Path);
        json.WriteNumber("status"u8, request.Status);
        json.WriteNumber("durationMicroseconds"u8, request.TookMicroseconds);
        json.WriteString("errorCode"u8, request.ErrorCode);
        json.WriteString("idempotencyKey"u8, request.IdempotencyKey);
        json.WriteBoolean("replayed"u8, request.Replayed);
        json.WriteStartArray("objects"u8);
        foreach (var id in request.Objects)
            json.WriteStringValue(id);
        json.WriteEndArray();
    }
}
