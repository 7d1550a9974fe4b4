using System.Text.Json.Serialization;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Gateway.Checkout;

/// <summary>What the hosted page of a checkout session asks for, by the page's secret; and a session's line items.</summary>
internal sealed class SessionPages(ClientSecrets secrets, CheckoutObjects objects, IGrains grains, IOptions<GatewayOptions> options)
{
    private const int DefaultLimit = 10;
    private const int MaxLimit = 100;
    private const int MaxBodyBytes = 16 * 1024;
    private const int MaxText = 500;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/checkout/{secret}/session", (RequestDelegate)Show);
        routes.MapPost("/checkout/{secret}/pay", (RequestDelegate)Pay);
    }

    /// <summary><c>GET /v1/checkout/sessions/{id}/line_items</c>.</summary>
    public async Task<WireAnswer> Lines(CheckoutCall call)
    {
        var form = call.Parameters;
        var limit = (int)(form.Integer("limit", 1, MaxLimit) ?? DefaultLimit);
        var (after, before) = (form.Text("starting_after"), form.Text("ending_before"));
        if (form.End() is { } refusal)
            return refusal;
        if (await objects.FindSession(call.Caller, call.Id) is not var (session, record))
            return WireError.NoSuch(call.Facts, "checkout.session", call.Id, "session", inPath: true);
        return new WireAnswer(200, SessionLines.Write(session, record, limit, after, before));
    }

    private async Task Show(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (await secrets.FindSession(Secret(context)) is not var (_, session, record))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var currency = Currency.Parse(session.Currency.ToUpperInvariant());
        string Shown(long amount) => WireCurrency.Show(amount, currency);
        var page = new SessionPage(
            session.Status, Shown(session.AmountTotal), [.. record.Items.Select(item => new SessionPageItem(item.Name, item.Description, item.Quantity, Shown(checked(item.UnitAmount * item.Quantity))))],
            session.CustomerDetails?.Email, session.SuccessUrl?.Replace("{CHECKOUT_SESSION_ID}", session.Id, StringComparison.Ordinal), session.CancelUrl, session.SubmitType, session.PaymentIntent);
        await context.Response.WriteAsJsonAsync(page, SessionPageJson.Default.SessionPage);
    }

    private async Task Pay(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (await secrets.FindSession(Secret(context)) is not { } found)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var facts = new RequestFacts(context.TraceIdentifier, null, CheckoutCallReader.DefaultVersion, [], $"{context.Request.Scheme}://{context.Request.Host}") { Trace = JourneyTrace.Here };
        var answer = await Answer(context, found, facts);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(answer.Body);
    }

    private async Task<WireAnswer> Answer(HttpContext context, SecretSession found, RequestFacts facts)
    {
        if (!context.Request.HasFormContentType || context.Request.ContentLength is null or > MaxBodyBytes)
            return WireError.Invalid(facts, "The page sends a small form.");
        var form = await context.Request.ReadFormAsync();
        var (token, email, name) = (form["token"].ToString(), form["email"].ToString(), form["name"].ToString());
        foreach (var (field, value) in ((string, string)[])[("token", token), ("email", email), ("name", name)])
            if (value.Length > MaxText || Payments.CardNumber.IsIn(value))
                return WireError.Invalid(facts, "This is too long, or holds a card number, which is typed in the card's own fields only.", field);
        if (token.Length == 0)
            return WireError.MissingParameter(facts, "token");
        var command = new PaySession(found.Session.Id, token, email.Length == 0 ? null : email, name.Length == 0 ? null : name, context.Connection.RemoteIpAddress?.ToString());
        try
        {
            return BrowserView.Of(await grains.Get<IMerchantGrain>(found.Owner.Id.Value).Run(new MerchantRequest(found.Owner.Tenant, facts, "", command)).WaitAsync(TimeSpan.FromMilliseconds(options.Value.GrainTimeoutMs * 3)));
        }
        catch (TimeoutException)
        {
            return WireError.Failed(facts);
        }
    }

    private static string? Secret(HttpContext context) => (string?)context.Request.RouteValues["secret"];
}

/// <summary>What the hosted page shows.</summary>
internal sealed record SessionPage(
    string Status, string Total, IReadOnlyList<SessionPageItem> Items, string? Email, string? SuccessUrl, string? CancelUrl, string? SubmitType, string? PaymentIntent);

internal sealed record SessionPageItem(string Name, string? Description, long Quantity, string Amount);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SessionPage))]
internal sealed partial class SessionPageJson : JsonSerializerContext;
