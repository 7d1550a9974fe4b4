using Grains.Interfaces.Webhooks;

namespace Grains.Webhooks;

/// <summary>Sends one signed delivery, once.</summary>
public interface IWebhookSender
{
    Task<WebhookAnswer> Send(WebhookMessage message);
}

/// <summary>A delivery ready to be sent.</summary>
/// <param name="Secrets">What signs it: the present secret, and the one before while both do.</param>
/// <param name="StandardId">The message's id in Standard Webhooks headers; null for Stripe's header.</param>
public sealed record WebhookMessage(string Url, byte[] Body, IReadOnlyList<string> Secrets, long TimestampSeconds, string? StandardId = null)
{
    /// <summary>The headers that sign it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers() => StandardId is null
        ? [new(WebhookSignature.Header, WebhookSignature.Sign(TimestampSeconds, Body, [.. Secrets]))]
        : [
            new(StandardSignature.IdHeader, StandardId),
            new(StandardSignature.TimestampHeader, TimestampSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            new(StandardSignature.SignatureHeader, StandardSignature.Sign(StandardId, TimestampSeconds, Body, [.. Secrets])),
        ];
}

/// <summary>What the receiver answered.</summary>
/// <param name="Status">0 where there was no answer.</param>
/// <param name="RetryAfterMs">When it wants the next try; null where it did not say.</param>
/// <param name="Detail">What went wrong, or the start of the answer's body.</param>
/// <param name="Signature">The headers that signed the try, one a line.</param>
public sealed record WebhookAnswer(int Status, long TookMs, long? RetryAfterMs, string? Detail, string? Signature = null)
{
    public bool IsDelivered => Status is >= 200 and < 300;

    /// <summary>The receiver wants no more of these, ever.</summary>
    public bool IsGone => Status == 410;
}
