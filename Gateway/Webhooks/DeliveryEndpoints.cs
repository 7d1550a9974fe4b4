using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Checkout;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Gateway.Webhooks;

/// <summary>
/// <c>/webhooks/deliveries</c>: every delivery with its tries, body and signature; redelivery by hand; and why a signature does not
/// verify.
/// </summary>
internal sealed class DeliveryEndpoints(ApiKeys keys, DeliveryLog log, CheckoutObjects objects, IGrains grains, ProductClock clock, IOptions<GatewayOptions> options)
{
    private const int MaxBody = 200_000;

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/webhooks");
        group.MapGet("/deliveries", MerchantGuard.For(keys, (context, caller) => List(context, caller, null)));
        group.MapGet("/dead-letters", MerchantGuard.For(keys, (context, caller) => List(context, caller, DeliveryStatus.Dead)));
        group.MapGet("/deliveries/{id}", MerchantGuard.For(keys, Get));
        group.MapPost("/deliveries/{id}/redeliver", MerchantGuard.For(keys, Redeliver));
        group.MapPost("/verify", MerchantGuard.For(keys, Verify));
    }

    private async Task<IResult> List(HttpContext context, Caller caller, DeliveryStatus? only)
    {
        var query = new QueryParameters(context, "status", "endpoint", "event", "limit", "after");
        var (limit, after) = (query.Limit(), query.Cursor() ?? 0);
        var status = query.Text("status") switch
        {
            null => only,
            "pending" => DeliveryStatus.Pending,
            "delivered" => DeliveryStatus.Delivered,
            "dead" => DeliveryStatus.Dead,
            _ => Refused(query, "status", "must be pending, delivered or dead."),
        };
        var (endpoint, happened) = (query.Text("endpoint"), query.Text("event"));
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var (page, next) = await log.List(caller, Link, after, limit, status);
        return new ListPage<ShownDelivery>(page, next is not null, next?.ToString(CultureInfo.InvariantCulture)).ToResult(Write);

        string? Link(int bucket)
        {
            if (endpoint is not null)
                return "endpoint:" + (DocumentId.TryParse(endpoint, DocumentKind.WebhookEndpoint, bucket, out var number) ? number : 0);
            if (happened is not null)
                return "event:" + (DocumentId.TryParse(happened, DocumentKind.Event, bucket, out var number) ? number : 0);
            return status switch { DeliveryStatus.Dead => "dead", DeliveryStatus.Pending => "pending", _ => null };
        }
    }

    private static DeliveryStatus? Refused(QueryParameters query, string name, string why)
    {
        query.Errors.Add(name, why);
        return null;
    }

    private async Task<IResult> Get(HttpContext context, Caller caller) =>
        await log.Find(caller, (string)context.Request.RouteValues["id"]!) is { } delivery ? Shown(delivery) : new Problem(ProblemCode.NotFound);

    private async Task<IResult> Redeliver(HttpContext context, Caller caller)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (await objects.Owner(caller) is not { } owner || !await grains.Get<IMerchantGrain>(owner.Id.Value).Redeliver(id).WaitAsync(TimeSpan.FromMilliseconds(options.Value.GrainTimeoutMs * 3)))
            return new Problem(ProblemCode.NotFound);
        return Shown((await log.Find(caller, id))!);
    }

    private async Task<IResult> Verify(HttpContext context, Caller caller)
    {
        var (body, problem) = await BodyObject.Read(context, MaxBody * 2, mayBeEmpty: false, "endpoint", "body", "signature", "id", "timestamp");
        if (body is null)
            return problem!;
        body.Require("endpoint");
        body.Require("body");
        body.Require("signature");
        var endpoint = body.Text("endpoint", 64, TextKind.Identifier);
        var (text, signature) = (body.Text("body", MaxBody, TextKind.Verbatim), body.Text("signature", 4_000, TextKind.Verbatim));
        var (id, timestamp) = (body.Text("id", 200, TextKind.Identifier), body.Text("timestamp", 40, TextKind.Identifier));
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        var all = await log.Endpoints(caller);
        if (all.FirstOrDefault(known => known.Endpoint.Id == endpoint) is not { } asked)
            return new Problem(ProblemCode.NotFound, "There is no such endpoint.");
        var received = new ReceivedSignature(signature!, id, timestamp, Encoding.UTF8.GetBytes(text!));
        var sent = received.EventId is { } eventId ? await log.Body(caller, eventId, asked.Record) : null;
        var (verdict, explanation) = SignatureExplanation.Of(received, asked, all, sent, clock.GetUtcNow().ToUnixTimeSeconds());
        return new JsonResult<(string Verdict, string Explanation)>(StatusCodes.Status200OK, (verdict, explanation), static (json, state) =>
        {
            json.WriteStartObject();
            json.WriteString("verdict"u8, state.Verdict);
            json.WriteString("explanation"u8, state.Explanation);
            json.WriteEndObject();
        });
    }

    private static JsonResult<ShownDelivery> Shown(ShownDelivery delivery) => new(StatusCodes.Status200OK, delivery, Write);

    private static void Write(Utf8JsonWriter json, ShownDelivery shown)
    {
        var delivery = shown.Delivery;
        json.WriteStartObject();
        json.WriteString("id"u8, delivery.Id);
        json.WriteString("event"u8, delivery.EventId);
        json.WriteString("type"u8, delivery.EventType);
        json.WriteString("endpoint"u8, shown.Endpoint);
        if (shown.Url is not null)
            json.WriteString("url"u8, shown.Url);
        json.WriteString("status"u8, delivery.Status.ToString().ToLowerInvariant());
        json.WriteTime("createdAt"u8, delivery.CreatedMs);
        if (delivery.NextAtMs == 0)
            json.WriteNull("nextAttemptAt"u8);
        else
            json.WriteTime("nextAttemptAt"u8, delivery.NextAtMs);
        json.WriteStartArray("attempts"u8);
        foreach (var attempt in delivery.Attempts)
        {
            json.WriteStartObject();
            json.WriteTime("at"u8, attempt.AtMs);
            json.WriteNumber("status"u8, attempt.Status);
            json.WriteNumber("durationMs"u8, attempt.TookMs);
            json.WriteString("detail"u8, attempt.Detail);
            json.WriteString("signature"u8, attempt.Signature);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (shown.Body is not null)
            json.WriteString("body"u8, Encoding.UTF8.GetString(shown.Body));
        json.WriteEndObject();
    }
}
