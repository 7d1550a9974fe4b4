using System.Net;
using System.Text;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Gateway.Checkout;

/// <summary>
/// The sandbox's bank page of a 3-D Secure challenge: two buttons, then back to where the payment came from. Cardholders come back here
/// from an acquirer's page, too.
/// </summary>
internal sealed class ChallengePage(ClientSecrets secrets, IGrains grains, IOptions<GatewayOptions> options)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/checkout/challenge/{secret}/return", (RequestDelegate)Return);
        if (!options.Value.Sandbox)
            return;
        routes.MapGet("/checkout/challenge/{secret}", (RequestDelegate)Show);
        routes.MapPost("/checkout/challenge/{secret}", (RequestDelegate)Answer);
    }

    private async Task Show(HttpContext context)
    {
        var found = await Find(context);
        await Write(context, found is null ? 404 : 200, found switch
        {
            null => Page("There is no such payment", ""),
            { Challenge: null } => Page("Nothing to do", "<p>This payment waits for no challenge.</p>"),
            _ => Page("3-D Secure challenge", """
                <p>The sandbox's bank asks whether it is you.</p>
                <form method="post">
                  <button name="outcome" value="pass" id="complete">Complete authentication</button>
                  <button name="outcome" value="fail" id="fail">Fail authentication</button>
                </form>
                """),
        });
    }

    private async Task Answer(HttpContext context)
    {
        if (await Find(context) is not { } intent)
        {
            await Write(context, 404, Page("There is no such payment", ""));
            return;
        }

        var form = await context.Request.ReadFormAsync();
        await Complete(context, intent, form["outcome"] == "pass");
    }

    // Back from an acquirer's own page: whether the challenge was passed, the acquirer says when it is asked, and not whoever calls this.
    // On the sandbox's page a button says it, and nothing else does.
    private async Task Return(HttpContext context)
    {
        if (await Find(context) is { } intent)
            await (intent.IsChallengeElsewhere ? Complete(context, intent, passed: true) : GoBack(context, intent));
        else
            await Write(context, 404, Page("There is no such payment", ""));
    }

    private async Task Complete(HttpContext context, SecretIntent intent, bool passed)
    {
        if (intent.Challenge is { } challenge)
        {
            var facts = new RequestFacts(context.TraceIdentifier, null, CheckoutCallReader.DefaultVersion, [], $"{context.Request.Scheme}://{context.Request.Host}") { Trace = JourneyTrace.Here };
            var command = new CompleteChallenge(intent.Id, challenge, passed);
            await grains.Get<IMerchantGrain>(intent.Owner.Id.Value).Run(new MerchantRequest(intent.Owner.Tenant, facts, "", command));
            intent = (await Find(context))!;
        }

        await GoBack(context, intent);
    }

    private static async Task GoBack(HttpContext context, SecretIntent intent)
    {
        if (intent.ReturnUrl is { } returnUrl)
            context.Response.Redirect(BackTo(returnUrl, intent), permanent: false, preserveMethod: false);
        else
            await Write(context, 200, Page("Done", $"<p id=\"status\">{WebUtility.HtmlEncode(intent.Status)}</p><script>parent !== window && parent.postMessage({{ type: 'payments-challenge', status: document.getElementById('status').textContent }}, '*')</script>"));
    }

    private ValueTask<SecretIntent?> Find(HttpContext context) => secrets.Find((string?)context.Request.RouteValues["secret"]);

    private static string BackTo(string returnUrl, SecretIntent intent)
    {
        var name = intent.Kind == DocumentKind.SetupIntent ? "setup_intent" : "payment_intent";
        var outcome = intent.Status is IntentStatus.Succeeded or IntentStatus.RequiresCapture or IntentStatus.Processing or IntentStatus.RequiresConfirmation ? "succeeded" : "failed";
        var separator = returnUrl.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return $"{returnUrl}{separator}{name}={intent.Id}&{name}_client_secret={intent.Intent.GetProperty("client_secret"u8).GetString()}&redirect_status={outcome}";
    }

    private static Task Write(HttpContext context, int status, string html)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(html, Encoding.UTF8);
    }

    private static string Page(string title, string body) => $$"""
        <!doctype html><html lang="en"><meta charset="utf-8"><title>{{title}}</title>
        <meta name="viewport" content="width=device-width">
        <style>body{font:16px/1.5 system-ui;margin:3rem auto;max-width:26rem;padding:0 1rem}button{font:inherit;padding:.5rem 1rem;margin-right:.5rem}</style>
        <h1>{{title}}</h1>{{body}}</html>
        """;
}
