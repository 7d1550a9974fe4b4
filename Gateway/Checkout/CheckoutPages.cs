using System.Text.Json;
using Gateway.Keys;
using Gateway.Sandbox;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Gateway.Checkout;

/// <summary><c>/checkout.js</c>, the frame that it mounts, the page that pays one intent, and in the sandbox a demo shop.</summary>
internal sealed class CheckoutPages(ApiKeys keys, IGrains grains, IOptions<GatewayOptions> options)
{
    private const string Prefix = "checkout/";
    private const long DemoAmount = 2_000;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/checkout.js", Page("checkout.js", "text/javascript; charset=utf-8"));
        routes.MapGet("/checkout/fields", Page("fields.html", "text/html; charset=utf-8"));
        if (!options.Value.Sandbox)
            return;
        routes.MapGet("/checkout/{secret}", Page("pay.html", "text/html; charset=utf-8"));
        routes.MapGet("/demo", Page("demo.html", "text/html; charset=utf-8"));
        routes.MapPost("/demo/orders", (RequestDelegate)Order);
    }

    // The shop's own server: it holds the secret key, as a merchant's backend does.
    private async Task Order(HttpContext context)
    {
        var shop = keys.Find(SandboxSeed.MerchantKey)!;
        var facts = new RequestFacts(context.TraceIdentifier, null, CheckoutCallReader.DefaultVersion, [], $"{context.Request.Scheme}://{context.Request.Host}") { Trace = JourneyTrace.Here };
        var fields = new IntentFields { Amount = DemoAmount, Currency = "usd", Description = new Text("A book from the demo shop") };
        var answer = await grains.Get<IMerchantGrain>(shop.TenantName).Run(new MerchantRequest(shop.Tenant, facts, "", new CreateIntent(fields, null)));
        using var intent = JsonDocument.Parse(answer.Body);
        await context.Response.WriteAsJsonAsync(new Dictionary<string, string>
        {
            ["id"] = intent.RootElement.GetProperty("id"u8).GetString()!,
            ["clientSecret"] = intent.RootElement.GetProperty("client_secret"u8).GetString()!,
        });
    }

    private static RequestDelegate Page(string name, string type)
    {
        using var resource = typeof(CheckoutPages).Assembly.GetManifestResourceStream(Prefix + name)!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return async context =>
        {
            context.Response.ContentType = type;
            context.Response.ContentLength = bytes.Length;
            context.Response.Headers.CacheControl = "no-cache";
            await context.Response.Body.WriteAsync(bytes);
        };
    }
}
