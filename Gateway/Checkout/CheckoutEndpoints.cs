using Gateway.Idempotency;
using Gateway.Keys;
using Gateway.Metrics;
using Gateway.Requests;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gateway.Checkout;

/// <summary>The paths of <c>/v1</c>: Stripe's wire. A command goes to the merchant's grain, a read to committed objects.</summary>
internal sealed partial class CheckoutEndpoints(
    ApiKeys keys, IGrains grains, CheckoutObjects objects, CheckoutList list, TokenEndpoint tokens, BalanceEndpoint balance, SessionPages sessions, ClientSecrets secrets, RequestLog requests, RequestHashKey hashKey, GatewayInstruments instruments, IOptions<GatewayOptions> options, ILogger<CheckoutEndpoints> logger)
{
    private delegate Task<(WireAnswer Answer, bool IsStored)> Handler(CheckoutCall call);

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1");
        Commands(group, "customers", DocumentKind.Customer, MethodForms.CreateCustomer, MethodForms.UpdateCustomer);
        Delete(group, "/customers/{id}", MethodForms.DeleteCustomer);
        List(group, "/customers", DocumentKind.Customer, ("email", ""));
        foreach (var (path, kind) in ((string, DocumentKind)[])[("/customers", DocumentKind.Customer), ("/payment_intents", DocumentKind.PaymentIntent), ("/charges", DocumentKind.Charge)])
            Get(group, path + "/search", call => list.Search(call, kind));
        Get(group, "/customers/{id}/payment_methods", call => list.Answer(WithCustomer(call), DocumentKind.PaymentMethod, ("customer", "customer"), ("type", "type")));
        Get(group, "/customers/{id}/payment_methods/{method}", call => Find(call, DocumentKind.PaymentMethod, (string)call.Context.Request.RouteValues["method"]!));
        Commands(group, "payment_methods", DocumentKind.PaymentMethod, MethodForms.Create, MethodForms.Update);
        Post(group, "/payment_methods/{id}/attach", MethodForms.Attach);
        Post(group, "/payment_methods/{id}/detach", MethodForms.Detach);
        List(group, "/payment_methods", DocumentKind.PaymentMethod, ("customer", "customer"), ("type", ""));
        Map(group, HttpMethods.Post, "/tokens", Tokenize, mayHoldCard: true, publishable: true);
        Retrieve(group, "tokens", DocumentKind.Token);
        Intents(group);
        Retrieve(group, "charges", DocumentKind.Charge);
        Post(group, "/charges/{id}", ObjectForms.UpdateCharge);
        List(group, "/charges", DocumentKind.Charge, ("payment_intent", "payment_intent"), ("customer", "customer"));
        Commands(group, "refunds", DocumentKind.Refund, ObjectForms.CreateRefund, ObjectForms.UpdateRefund);
        List(group, "/refunds", DocumentKind.Refund, ("charge", "charge"), ("payment_intent", "payment_intent"));
        Retrieve(group, "disputes", DocumentKind.Dispute);
        Post(group, "/disputes/{id}", ObjectForms.UpdateDispute);
        Post(group, "/disputes/{id}/close", ObjectForms.CloseDispute);
        List(group, "/disputes", DocumentKind.Dispute, ("charge", "charge"), ("payment_intent", "payment_intent"));
        Retrieve(group, "reviews", DocumentKind.Review);
        Post(group, "/reviews/{id}/approve", ObjectForms.ApproveReview);
        // Stripe's, too, shows the open ones alone.
        Get(group, "/reviews", call => list.Answer(WithOpen(call), DocumentKind.Review, ("open", "open")));
        Commands(group, "payouts", DocumentKind.Payout, PayoutForms.Create, PayoutForms.Update);
        Post(group, "/payouts/{id}/cancel", PayoutForms.Cancel);
        List(group, "/payouts", DocumentKind.Payout, ("status", "status"), ("destination", "destination"));
        Commands(group, "checkout/sessions", DocumentKind.CheckoutSession, SessionForms.Create, SessionForms.Update);
        Post(group, "/checkout/sessions/{id}/expire", SessionForms.Expire);
        Get(group, "/checkout/sessions/{id}/line_items", sessions.Lines);
        List(group, "/checkout/sessions", DocumentKind.CheckoutSession, ("payment_intent", "payment_intent"), ("customer", "customer"), ("status", ""));
        Get(group, "/balance", balance.Get);
        Retrieve(group, "balance_transactions", DocumentKind.BalanceTransaction);
        List(group, "/balance_transactions", DocumentKind.BalanceTransaction, ("source", "source"), ("type", "type"), ("currency", "currency"));
        Retrieve(group, "events", DocumentKind.Event);
        List(group, "/events", DocumentKind.Event, ("type", "type"));
        Commands(group, "webhook_endpoints", DocumentKind.WebhookEndpoint, ObjectForms.CreateEndpoint, ObjectForms.UpdateEndpoint);
        Delete(group, "/webhook_endpoints/{id}", ObjectForms.DeleteEndpoint);
        List(group, "/webhook_endpoints", DocumentKind.WebhookEndpoint);
        group.Map("/{**path}", Unknown);
    }

    private void Intents(RouteGroupBuilder group)
    {
        Post(group, "/payment_intents", IntentForms.Create);
        Post(group, "/payment_intents/{id}", IntentForms.Update);
        Map(group, HttpMethods.Get, "/payment_intents/{id}", call => Read(FindIntent(call, DocumentKind.PaymentIntent)), publishable: true);
        Post(group, "/payment_intents/{id}/confirm", IntentForms.ConfirmIntent, publishable: true);
        Post(group, "/payment_intents/{id}/capture", IntentForms.Capture);
        Post(group, "/payment_intents/{id}/cancel", IntentForms.Cancel);
        Post(group, "/payment_intents/{id}/increment_authorization", IntentForms.Increment);
        List(group, "/payment_intents", DocumentKind.PaymentIntent, ("customer", "customer"));
        Post(group, "/setup_intents", IntentForms.CreateSetup);
        Post(group, "/setup_intents/{id}", IntentForms.UpdateSetup);
        Map(group, HttpMethods.Get, "/setup_intents/{id}", call => Read(FindIntent(call, DocumentKind.SetupIntent)), publishable: true);
        Post(group, "/setup_intents/{id}/confirm", IntentForms.ConfirmSetup, publishable: true);
        Post(group, "/setup_intents/{id}/cancel", IntentForms.CancelSetup);
        List(group, "/setup_intents", DocumentKind.SetupIntent, ("customer", "customer"), ("payment_method", "payment_method"));
    }

    private void Commands(RouteGroupBuilder group, string resource, DocumentKind kind, Func<CheckoutCall, MerchantCommand> create, Func<CheckoutCall, MerchantCommand> update)
    {
        Post(group, "/" + resource, create);
        Post(group, $"/{resource}/{{id}}", update);
        Retrieve(group, resource, kind);
    }

    private void Retrieve(RouteGroupBuilder group, string resource, DocumentKind kind) => Get(group, $"/{resource}/{{id}}", call => Find(call, kind, call.Id));

    private void List(RouteGroupBuilder group, string path, DocumentKind kind, params (string, string)[] links) => Get(group, path, call => list.Answer(call, kind, links));

    private void Get(RouteGroupBuilder group, string path, Func<CheckoutCall, Task<WireAnswer>> read) => Map(group, HttpMethods.Get, path, call => Read(read(call)));

    private void Post(RouteGroupBuilder group, string path, Func<CheckoutCall, MerchantCommand> read, bool publishable = false) =>
        Map(group, HttpMethods.Post, path, call => Run(call, read), publishable: publishable);

    private void Delete(RouteGroupBuilder group, string path, Func<CheckoutCall, MerchantCommand> read) => Map(group, HttpMethods.Delete, path, call => Run(call, read));

    private void Map(RouteGroupBuilder group, string method, string path, Handler handle, bool mayHoldCard = false, bool publishable = false)
    {
        group.MapMethods(path, [method], (RequestDelegate)(context => Handle(context, handle, mayHoldCard, publishable)));
        if (publishable)
            group.MapMethods(path, [HttpMethods.Options], (RequestDelegate)Preflight);
    }

    private async Task Handle(HttpContext context, Handler handle, bool mayHoldCard, bool publishable)
    {
        var started = instruments.Now();
        if (publishable)
            AllowOrigins(context);
        var note = requests.Begin(context);
        var (call, refusal) = await CheckoutCallReader.Read(context, keys, secrets, mayHoldCard, note);
        var (answer, isStored) = call is null ? (refusal!, false) : await Answer(call, handle, publishable);
        // What the console's pages read is nobody's integration.
        if (context.Request.Headers.Authorization.Count > 0 || !HttpMethods.IsGet(context.Request.Method))
            await requests.Add(note, answer);
        await CheckoutReply.Write(context, answer, call?.Facts, isStored);
        instruments.Checkout(answer.Status, started);
    }

    private async Task<(WireAnswer Answer, bool IsStored)> Answer(CheckoutCall call, Handler handle, bool publishable)
    {
        if (call.IsPublishable && !publishable)
            return (WireError.Of(call.Facts, 403, new PaymentError { Type = "invalid_request_error", Code = "secret_key_required", Message = "This API call cannot be made with a publishable API key. Please use a secret API key." }), false);
        try
        {
            var (answer, isStored) = await handle(call);
            return (call.IsPublishable ? BrowserView.Of(answer) : answer, isStored);
        }
        catch (GrainHostStopping)
        {
            return (WireError.Unavailable(call.Facts), false);
        }
        catch (OperationCanceledException) when (call.Context.RequestAborted.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            Failed(logger, call.Facts.Id, exception);
            return (WireError.Failed(call.Facts), false);
        }
    }

    private async Task<(WireAnswer Answer, bool IsStored)> Run(CheckoutCall call, Func<CheckoutCall, MerchantCommand> read)
    {
        var command = read(call);
        if (call.Parameters.End() is { } refusal)
            return (refusal, false);
        if (call.IsPublishable && await RefuseSecret(call) is { } forbidden)
            return (forbidden, false);
        return await Run(call, command);
    }

    private async Task<(WireAnswer Answer, bool IsStored)> Tokenize(CheckoutCall call)
    {
        var (command, refusal) = await tokens.Read(call);
        return command is null ? (refusal!, false) : await Run(call with { Hash = CheckoutCallReader.WithCard(call.Hash, command.Facts.Card.Fingerprint) }, command);
    }

    private async Task<(WireAnswer Answer, bool IsStored)> Run(CheckoutCall call, MerchantCommand command)
    {
        var request = new MerchantRequest(call.Caller.Tenant, call.Facts, hashKey.Of(call.Hash), command);
        try
        {
            var answer = await grains.Get<IMerchantGrain>(call.Caller.TenantName).Run(request).WaitAsync(TimeSpan.FromMilliseconds(options.Value.GrainTimeoutMs * 3));
            return (answer, answer.IsKept);
        }
        catch (TimeoutException)
        {
            return (WireError.Failed(call.Facts), false);
        }
    }

    private static async Task<(WireAnswer Answer, bool IsStored)> Read(Task<WireAnswer> read) => (await read, false);

    private async Task<WireAnswer> Find(CheckoutCall call, DocumentKind kind, string id)
    {
        if (call.Parameters.End() is { } refusal)
            return refusal;
        if (await objects.Find(call.Caller, kind, id) is not { } found)
            return WireError.NoSuch(call.Facts, What(kind), id, Param(kind), inPath: true);
        var (body, refused) = await Expansion.Apply(found.ToArray(), call.Facts.Expand, other => objects.FindAny(call.Caller, other));
        return refused is null ? new WireAnswer(200, body) : Expandable.Refusal(call.Facts, refused);
    }

    private async Task<WireAnswer> FindIntent(CheckoutCall call, DocumentKind kind)
    {
        call.Parameters.Text("client_secret");
        return call.IsPublishable && await RefuseSecret(call) is { } refused ? refused : await Find(call, kind, call.Id);
    }

    // A browser may act on the one intent whose secret it has.
    private async Task<WireAnswer?> RefuseSecret(CheckoutCall call)
    {
        var secret = call.Parameters.Text("client_secret");
        var found = await objects.FindAny(call.Caller, call.Id);
        if (found is { } json && secret is not null)
        {
            using var intent = System.Text.Json.JsonDocument.Parse(json);
            if (intent.RootElement.TryGetProperty("client_secret"u8, out var known) && System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(
                System.Text.Encoding.UTF8.GetBytes(known.GetString() ?? ""), System.Text.Encoding.UTF8.GetBytes(secret)))
                return RefuseExpand(call);
        }

        return WireError.NoSuch(call.Facts, "intent", call.Id, "intent", inPath: true);
    }

    // The other objects that an intent names are the merchant's.
    private static WireAnswer? RefuseExpand(CheckoutCall call) => call.Facts.Expand.FirstOrDefault(static path => path != "payment_method") is { } path
        ? WireError.Invalid(call.Facts, $"This property cannot be expanded with a publishable API key ({path}).", "expand", "secret_key_required")
        : null;

    private static CheckoutCall WithCustomer(CheckoutCall call)
    {
        call.Parameters.Set("customer", call.Id);
        return call;
    }

    private static CheckoutCall WithOpen(CheckoutCall call)
    {
        call.Parameters.Set("open", "true");
        return call;
    }

    private async Task Unknown(HttpContext context)
    {
        var note = requests.Begin(context);
        note.Caller = keys.Find(context);
        var facts = new RequestFacts(context.TraceIdentifier, null, "", [], $"{context.Request.Scheme}://{context.Request.Host}");
        var answer = CheckoutCallReader.CardPlace(context) is { } place
            ? CheckoutCallReader.CardRefused(facts, place)
            : WireError.Of(facts, 404, new PaymentError { Type = "invalid_request_error", Message = $"Unrecognized request URL ({context.Request.Method}: {context.Request.Path.Value}). Please see the documentation of what is served here at /docs." });
        await requests.Add(note, answer);
        await CheckoutReply.Write(context, answer, null, isStored: false);
    }

    private static Task Preflight(HttpContext context)
    {
        AllowOrigins(context);
        context.Response.Headers.AccessControlAllowMethods = "GET, POST";
        context.Response.Headers.AccessControlAllowHeaders = "authorization, content-type, idempotency-key, stripe-version";
        context.Response.Headers.AccessControlMaxAge = "300";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static void AllowOrigins(HttpContext context)
    {
        context.Response.Headers.AccessControlAllowOrigin = "*";
        context.Response.Headers.AccessControlExposeHeaders = "Request-Id, Stripe-Should-Retry";
    }

    private static string What(DocumentKind kind) => kind switch
    {
        DocumentKind.PaymentMethod => "PaymentMethod",
        DocumentKind.BalanceTransaction => "balance transaction",
        DocumentKind.WebhookEndpoint => "webhook endpoint",
        DocumentKind.PaymentIntent => "payment_intent",
        DocumentKind.SetupIntent => "setupintent",
        DocumentKind.CheckoutSession => "checkout.session",
        DocumentKind.Customer or DocumentKind.Charge or DocumentKind.Refund or DocumentKind.Event or DocumentKind.Dispute or DocumentKind.Payout
            or DocumentKind.Token or DocumentKind.Delivery or DocumentKind.Review or DocumentKind.FraudCase or DocumentKind.StoredRequest or DocumentKind.Maturing => kind.ToString().ToLowerInvariant(),
    };

    private static string Param(DocumentKind kind) => kind is DocumentKind.PaymentIntent or DocumentKind.SetupIntent ? "intent"
        : kind == DocumentKind.PaymentMethod ? "payment_method"
        : "id";

    [LoggerMessage(1, LogLevel.Error, "Request {RequestId} failed.")]
    private static partial void Failed(ILogger logger, string requestId, Exception exception);
}
