using System.Text.Json;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Grains.Interfaces.Webhooks;
using Ledger.Documents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Gateway.Checkout;

/// <summary>
/// <c>POST /acquirers/{name}/notices</c>: an acquirer says that it has an answer. Signed; it only makes the merchant's grain ask,
/// in the same turn as everything else, so that duplicates and another order change nothing.
/// </summary>
internal sealed class AcquirerNotices(IGrains grains, DocumentReader documents, IConfiguration configuration, IOptions<GatewayOptions> options, TimeProvider machine)
{
    private const string SecretSetting = "Payments:Acquirer:NoticeSecret";
    private const string SandboxSecret = "whsec_sandbox_acquirer";
    private const int MaxBodyBytes = 16 * 1024;

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/acquirers/{name}/notices", (RequestDelegate)Take);

    private async Task Take(HttpContext context)
    {
        var body = new byte[MaxBodyBytes];
        var length = await context.Request.Body.ReadAtLeastAsync(body, MaxBodyBytes, throwOnEndOfStream: false);
        // The sandbox's secret is public: elsewhere, without one of its own, no notice is believed.
        var secret = configuration[SecretSetting] ?? (options.Value.Sandbox ? SandboxSecret : null);
        var verdict = secret is null ? SignatureVerdict.NoMatch : WebhookSignature.Verify(context.Request.Headers[WebhookSignature.Header], body.AsSpan(0, length), secret, machine.GetUtcNow().ToUnixTimeSeconds());
        context.Response.StatusCode = verdict == SignatureVerdict.Valid && Key(body.AsMemory(0, length)) is { } key
            ? await Notify(key) ? StatusCodes.Status200OK : StatusCodes.Status202Accepted
            : StatusCodes.Status400BadRequest;
        context.Response.ContentLength = 0;
    }

    private async Task<bool> Notify(string key)
    {
        var id = key[..Math.Max(0, key.LastIndexOf(':'))];
        foreach (var kind in (DocumentKind[])[DocumentKind.PaymentIntent, DocumentKind.SetupIntent, DocumentKind.Refund])
            if (ResourceId.TryParse(id, DocumentId.Prefix(kind), out _, out var number) && await documents.FindOwner(number) is { } owner)
                return await grains.Get<IMerchantGrain>(owner.Id.Value).Notify(new AcquirerNotice(key));
        return false;
    }

    private static string? Key(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.TryGetProperty("key"u8, out var key) ? key.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
