using System.Text.Json;
using Gateway.Problems;
using Grains.Interfaces.Webhooks;
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
internal sealed class AcquirerNotices(AttemptNotices attempts, IConfiguration configuration, IOptions<GatewayOptions> options, TimeProvider machine)
{
    private const string SecretSetting = "Payments:Acquirer:NoticeSecret";
    private const string SandboxSecret = "whsec_sandbox_acquirer";
    private const int MaxBodyBytes = 16 * 1024;
    private const int MaxKeyLength = 200;

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/acquirers/{name}/notices", (RequestDelegate)Take);

    private async Task Take(HttpContext context)
    {
        var body = new byte[MaxBodyBytes];
        var length = await context.Request.Body.ReadAtLeastAsync(body, MaxBodyBytes, throwOnEndOfStream: false);
        // The sandbox's secret is public: elsewhere, without one of its own, no notice is believed.
        var secret = configuration[SecretSetting] ?? (options.Value.Sandbox ? SandboxSecret : null);
        var verdict = secret is null ? SignatureVerdict.NoMatch : WebhookSignature.Verify(context.Request.Headers[WebhookSignature.Header], body.AsSpan(0, length), secret, machine.GetUtcNow().ToUnixTimeSeconds());
        if (verdict != SignatureVerdict.Valid)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            context.Response.ContentLength = 0;
            return;
        }

        var (key, malformed) = Key(body.AsMemory(0, length));
        if (key is null)
        {
            await malformed!.ExecuteAsync(context);
            return;
        }

        context.Response.StatusCode = await attempts.Tell(key) ? StatusCodes.Status200OK : StatusCodes.Status202Accepted;
        context.Response.ContentLength = 0;
    }

    private static (string? Key, Problem? Malformed) Key(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                return (null, new Problem(ProblemCode.MalformedJson, "A notice is a JSON object."));
            if (!json.RootElement.TryGetProperty("key"u8, out var key))
                return (null, Malformed("key", "is missing: the key of the attempt that has an answer."));
            if (key.ValueKind != JsonValueKind.String || key.GetString() is not { Length: > 0 and <= MaxKeyLength } text)
                return (null, Malformed("key", $"must be a text of 1 to {MaxKeyLength} characters."));
            return (text, null);
        }
        // A text may be JSON, and still be no text: half of a surrogate pair.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (null, new Problem(ProblemCode.MalformedJson, "A notice is a JSON object."));
        }
    }

    private static Problem Malformed(string field, string why) => new(ProblemCode.MalformedJson, $"{field}: {why}") { Errors = [new FieldError(field, why, ProblemCode.MalformedJson)] };
}
