using Gateway.Health;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Gateway.ConsolePages;

/// <summary><c>/console</c>: the page, its session and its overview. A part of the product, not of its API's document.</summary>
internal sealed class ConsoleEndpoints(ConsoleAssets assets, SessionEndpoints sessions, OverviewStream overview, ApiKeys keys, Readiness readiness, IOptions<GatewayOptions> options)
{
    private static readonly byte[] SandboxKeyHash = ApiKeys.Hash(SandboxSeed.BankKey);
    private static readonly byte[] SandboxMerchantHash = ApiKeys.Hash(SandboxSeed.MerchantKey);

    /// <summary>Pages that only a merchant has anything on.</summary>
    private static readonly string[] MerchantPages = ["checkout", "requests", "webhooks"];

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/console").ExcludeFromDescription();
        group.MapMethods("", Reading, Page);
        group.MapMethods("/{**path}", Reading, Page);
        group.MapGet("/session", Guard.For(keys, Right.Read, sessions.Get));
        group.MapPost("/session", sessions.Post);
        group.MapDelete("/session", SessionEndpoints.Delete);
        group.MapGet("/now/stream", Guard.For(keys, Right.Read, overview.Get));
    }

    private Task Page(HttpContext context)
    {
        var path = (string?)context.Request.RouteValues["path"] ?? "";
        if (path.StartsWith("now/", StringComparison.Ordinal) || path.StartsWith("session/", StringComparison.Ordinal))
            return new Problem(ProblemCode.PathUnknown).ExecuteAsync(context);
        if (options.Value.Sandbox && SessionCookie.FindSession(context) is null)
        {
            // The sandbox's keys are public: whoever opens its console is signed in as its first bank, once there is one, or as
            // its merchant where a link leads to a merchant's page.
            if (readiness.Missing.Count > 0)
                return assets.SendStarting(context);
            sessions.SignIn(context, MerchantPages.Contains(path.Split('/')[0]) ? SandboxMerchantHash : SandboxKeyHash);
        }

        return assets.Send(context, path);
    }
}
