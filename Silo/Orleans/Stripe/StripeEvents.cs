using Gateway.Checkout;
using Stripe;

namespace Silo.Cluster.Stripe;

/// <summary>
/// Stripe tells that something of ours went on: the merchant's grain then asks for it at once, where it waits, and not at its next turn.
/// Signed; what is told is not believed, only asked about, so that copies and another order change nothing.
/// </summary>
internal static class StripeEvents
{
    public const string Path = "/acquirers/stripe/events";

    private const int MaxBodyBytes = 1024 * 1024;
    private const string SignatureHeader = "Stripe-Signature";

    /// <summary>Seconds that a signature may be old.</summary>
    private const long Tolerance = 300;

    public static void MapStripeEvents(this IEndpointRouteBuilder routes, StripeSettings? settings)
    {
        if (settings?.WebhookSecret is { } secret)
            routes.MapPost(Path, (RequestDelegate)(context => Take(context, secret)));
    }

    private static async Task Take(HttpContext context, string secret)
    {
        context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = MaxBodyBytes;
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        context.Response.ContentLength = 0;
        Event told;
        try
        {
            told = EventUtility.ConstructEvent(body, context.Request.Headers[SignatureHeader], secret, Tolerance, throwOnApiVersionMismatch: false);
        }
        catch (StripeException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        // Events of what is not ours, or of nothing that waits, are taken, too: Stripe would send them again for days.
        if (told.Data.Object is IHasMetadata { Metadata: { } metadata } && metadata.TryGetValue(StripeAcquirer.KeyName, out var key))
            await context.RequestServices.GetRequiredService<AttemptNotices>().Tell(key);
        context.Response.StatusCode = StatusCodes.Status200OK;
    }
}
