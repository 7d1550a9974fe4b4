using System.Text;
using Gateway.Checkout;
using Grains.Acquirers;
using Grains.Interfaces.Webhooks;
using Microsoft.AspNetCore.Http.Features;
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

    /// <param name="disputes">Null where disputes are not taken over.</param>
    public static void MapStripeEvents(this IEndpointRouteBuilder routes, StripeSettings? settings, IFollowedAcquirer? disputes)
    {
        if (settings?.WebhookSecret is { } secret)
            routes.MapPost(Path, (RequestDelegate)(context => Take(context, secret, disputes)));
    }

    private static async Task Take(HttpContext context, string secret, IFollowedAcquirer? disputes)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = MaxBodyBytes;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.Response.ContentLength = 0;
        // Stripe's scheme is the one of our own webhooks; Stripe.net's check of it throws whatever a header makes it throw.
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        if (WebhookSignature.Verify(context.Request.Headers[WebhookSignature.Header], body.ToArray(), secret, now) != SignatureVerdict.Valid)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        // Events of what is not ours, or of nothing that waits, are taken, too: Stripe would send them again for days.
        var told = EventUtility.ParseEvent(Encoding.UTF8.GetString(body.ToArray()), throwOnApiVersionMismatch: false);
        context.Response.StatusCode = await Tell(context, disputes, told.Data.Object) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
    }

    private static async Task<bool> Tell(HttpContext context, IFollowedAcquirer? disputes, IHasObject about)
    {
        var notices = context.RequestServices.GetRequiredService<AttemptNotices>();
        if (about is Dispute { Id: var id })
        {
            try
            {
                return disputes is null || await disputes.FindDispute(id, context.RequestAborted) is not { } dispute || await notices.Tell(dispute.Key, id);
            }
            catch (AcquirerSilentException)
            {
                // Told again by Stripe; and looked for by ourselves.
                return false;
            }
        }

        if (about is IHasMetadata { Metadata: { } metadata } && metadata.TryGetValue(StripeAcquirer.KeyName, out var key))
            await notices.Tell(key);
        return true;
    }
}
