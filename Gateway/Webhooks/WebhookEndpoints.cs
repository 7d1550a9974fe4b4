using System.Text.Json;
using Gateway.Checkout;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Gateway.Webhooks;

/// <summary>
/// <c>/webhooks/endpoints</c>: where a merchant's events go. Those made here are neutral: Standard Webhooks headers. Those of
/// <c>/v1/webhook_endpoints</c> are listed too, and changed there.
/// </summary>
internal sealed class WebhookEndpoints(ApiKeys keys, DeliveryLog log, IGrains grains, IOptions<GatewayOptions> options)
{
    private const int MaxUrl = 2_000;

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/webhooks/endpoints");
        group.MapGet("", MerchantGuard.For(keys, List));
        group.MapPost("", MerchantGuard.For(keys, Create));
        group.MapPost("/{id}/rotate", MerchantGuard.For(keys, Rotate));
        group.MapDelete("/{id}", MerchantGuard.For(keys, Delete));
    }

    private async Task<IResult> List(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        return new ListPage<KnownEndpoint>(await log.Endpoints(caller), false, null).ToResult(static (json, known) => Write(json, known, null));
    }

    private async Task<IResult> Create(HttpContext context, Caller caller)
    {
        var (body, problem) = await BodyObject.Read(context, options.Value.MaxBodyBytes, mayBeEmpty: false, "url", "event", "description");
        if (body is null)
            return problem!;
        body.Require("url");
        var (url, happened, description) = (body.Text("url", MaxUrl, TextKind.Identifier), body.Text("event", 100, TextKind.Identifier), body.Text("description", 200, TextKind.Free));
        if (url is not null && (!Uri.TryCreate(url, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https") || target.UserInfo.Length > 0))
            body.Refuse("url", "must be an absolute http or https address without user information.");
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        var answer = await Run(context, caller, new SaveEndpoint(null, url, [happened ?? "*"], null, description is null ? null : new Text(description), null, false, null, IsStandard: true));
        return await Shown(caller, answer, StatusCodes.Status201Created);
    }

    private async Task<IResult> Rotate(HttpContext context, Caller caller)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (await log.Endpoint(caller, id) is null)
            return new Problem(ProblemCode.NotFound);
        return await Shown(caller, await Run(context, caller, new SaveEndpoint(id, null, null, null, null, null, RotateSecret: true, null)), StatusCodes.Status200OK);
    }

    private async Task<IResult> Delete(HttpContext context, Caller caller)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (await log.Endpoint(caller, id) is not { } known)
            return new Problem(ProblemCode.NotFound);
        var answer = await Run(context, caller, new DeleteEndpoint(id));
        return answer.Status == 200
            ? new JsonResult<KnownEndpoint>(StatusCodes.Status200OK, known with { Endpoint = known.Endpoint with { Status = "deleted" } }, static (json, endpoint) => Write(json, endpoint, null))
            : Failed(answer);
    }

    private Task<WireAnswer> Run(HttpContext context, Caller caller, MerchantCommand command)
    {
        var facts = new RequestFacts(context.TraceIdentifier, null, CheckoutCallReader.DefaultVersion, [], $"{context.Request.Scheme}://{context.Request.Host}") { Trace = JourneyTrace.Here };
        return grains.Get<IMerchantGrain>(caller.TenantName).Run(new MerchantRequest(caller.Tenant, facts, "", command)).WaitAsync(TimeSpan.FromMilliseconds(options.Value.GrainTimeoutMs * 3));
    }

    // The secret is in this one answer.
    private async Task<IResult> Shown(Caller caller, WireAnswer answer, int status)
    {
        if (answer.Status != 200)
            return Failed(answer);
        var made = JsonSerializer.Deserialize(answer.Body, CheckoutJson.Default.WebhookEndpoint)!;
        var known = (await log.Endpoint(caller, made.Id))!;
        return new JsonResult<(KnownEndpoint Known, string? Secret)>(status, (known, made.Secret), static (json, state) => Write(json, state.Known, state.Secret));
    }

    private static Problem Failed(WireAnswer answer)
    {
        if (answer.Status >= 500)
            return new Problem(ProblemCode.OutcomeUnknown);
        using var json = JsonDocument.Parse(answer.Body);
        var errors = new FieldErrors();
        errors.Add("url", json.RootElement.GetProperty("error"u8).GetProperty("message"u8).GetString()!);
        return errors.ToProblem();
    }

    private static void Write(Utf8JsonWriter json, KnownEndpoint known, string? secret)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, known.Endpoint.Id);
        json.WriteString("url"u8, known.Endpoint.Url);
        json.WriteStartArray("events"u8);
        foreach (var type in known.Endpoint.EnabledEvents)
            json.WriteStringValue(type);
        json.WriteEndArray();
        json.WriteString("description"u8, known.Endpoint.Description);
        json.WriteString("status"u8, known.Endpoint.Status);
        json.WriteString("signature"u8, known.Record.IsStandard ? "standard" : "stripe");
        json.WriteTime("createdAt"u8, known.Endpoint.Created * 1_000);
        if (secret is not null)
            json.WriteString("secret"u8, secret);
        json.WriteEndObject();
    }
}
