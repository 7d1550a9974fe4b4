using Grains.Interfaces.Checkout;
using Microsoft.AspNetCore.Http;

namespace Gateway.Checkout;

/// <summary>An answer of the <c>/v1</c> surface on its way out.</summary>
internal static class CheckoutReply
{
    public static async Task Write(HttpContext context, WireAnswer answer, RequestFacts? facts, bool isStored)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = "application/json";
        response.ContentLength = answer.Body.Length;
        var version = facts?.ApiVersion ?? context.Request.Headers["Stripe-Version"].ToString();
        if (CheckoutCallReader.IsVersion(version))
            response.Headers["Stripe-Version"] = version;
        if (facts?.IdempotencyKey is { } key)
            response.Headers["Idempotency-Key"] = key;
        if (answer.Replayed)
            response.Headers["Idempotent-Replayed"] = "true";
        if (answer.MayRetry)
            response.Headers["Stripe-Should-Retry"] = "true";
        else if (isStored || answer.Replayed)
            response.Headers["Stripe-Should-Retry"] = "false";
        response.Headers.CacheControl = "no-cache, no-store";
        await response.Body.WriteAsync(answer.Body);
    }
}
