using System.Text.Json;
using Gateway.Keys;
using Gateway.Wire;
using Grains.Interfaces.Reconciliation;
using Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Operations;

/// <summary>
/// <c>GET /audit/reconciliation</c>, for analysts and administrators: books that do not agree, oldest first, as whoever reconciles wrote them
/// down. At most <see cref="ReconciliationState.MostKept"/> are listed; <c>open</c> counts all.
/// </summary>
internal sealed class ReconciliationEndpoint(ApiKeys keys, IRegistry registry)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGroup("/audit").MapGet("/reconciliation", Guard.For(keys, Right.Audit, Get));

    private async Task<IResult> Get(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var written = await Task.Run(() => registry.ReadSetting(ReconciliationState.Setting));
        var state = written is null ? null : JsonSerializer.Deserialize(written, ReconciliationJson.Default.ReconciliationState);
        return new JsonResult<ReconciliationState>(StatusCodes.Status200OK, state ?? ReconciliationState.None, Write);
    }

    private static void Write(Utf8JsonWriter json, ReconciliationState state)
    {
        json.WriteStartObject();
        json.WriteNumber("open"u8, state.Open);
        json.WriteStartArray("data"u8);
        foreach (var found in state.Breaks)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, found.Kind.Name());
            json.WriteString("subject"u8, found.Subject);
            json.WriteString("detail"u8, found.Detail);
            json.WriteTime("foundAt"u8, DateTimeOffset.FromUnixTimeMilliseconds(found.FoundAtMs));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
