using System.Globalization;
using System.Text;
using System.Text.Json;
using Grains.Interfaces.Webhooks;

namespace Gateway.Webhooks;

/// <summary>What a receiver got: the signature's header, for a neutral endpoint the two beside it, and the body.</summary>
internal sealed record ReceivedSignature(string Signature, string? Id, string? Timestamp, byte[] Body)
{
    /// <summary>The event that the body says it is; null where it says none.</summary>
    public string? EventId
    {
        get
        {
            try
            {
                using var json = JsonDocument.Parse(Body);
                return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("id"u8, out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
            }
            catch (JsonException)
            {
                // A body that is no JSON is no event of ours; the explanation says so.
                return null;
            }
        }
    }
}

/// <summary>Says why a signature does not verify, by trying what usually went wrong.</summary>
internal static class SignatureExplanation
{
    /// <param name="sent">What the endpoint is sent of the event that the body names; null where there is no such event.</param>
    public static (string Verdict, string Explanation) Of(ReceivedSignature received, KnownEndpoint asked, IReadOnlyList<KnownEndpoint> all, byte[]? sent, long now)
    {
        var isStandard = asked.Record.IsStandard;
        switch (Look(received, received.Body, asked.Record.Secret, isStandard, now))
        {
            case SignatureVerdict.Valid:
                return ("valid", "The signature is right, and its time is within five minutes of now.");
            case SignatureVerdict.OutsideTolerance:
                var off = now - Time(received, isStandard);
                return ("outside_tolerance", $"The signature is right, but was made {Math.Abs(off)} seconds {(off > 0 ? "ago" : "ahead of now")}: more than the 300 that are taken. Either this is an old delivery sent again by somebody, or a clock is off. A redelivery is signed anew.");
            case SignatureVerdict.Malformed:
                return ("malformed", isStandard
                    ? $"Needed are {StandardSignature.IdHeader}, {StandardSignature.TimestampHeader} (seconds since 1970) and {StandardSignature.SignatureHeader} with at least one signature of the form v1,BASE64. Pass them on as they came."
                    : Missing(received.Signature));
            case SignatureVerdict.NoMatch:
                return ("no_match", WhyNot(received, asked, all, sent, isStandard, now));
            default:
                throw new InvalidOperationException("A verdict that there is not.");
        }
    }

    private static string WhyNot(ReceivedSignature received, KnownEndpoint asked, IReadOnlyList<KnownEndpoint> all, byte[]? sent, bool isStandard, long now)
    {
        if (asked.Record.PreviousSecret is { } previous && Matches(received.Body, previous))
            return "It was signed with the secret that this endpoint had before its last rotation. Use the present one.";
        foreach (var other in all)
            if (other.Endpoint.Id != asked.Endpoint.Id && other.Record.IsStandard == isStandard && Matches(received.Body, other.Record.Secret))
                return $"It was signed with the secret of another endpoint, {other.Endpoint.Id} ({other.Endpoint.Url}). Each endpoint has a secret of its own.";
        var text = Encoding.UTF8.GetString(received.Body);
        if (Matches(Encoding.UTF8.GetBytes(text.Trim()), asked.Record.Secret))
            return "The body has white space around it that was not sent. Verify the bytes as they arrived.";
        if (Matches(Encoding.UTF8.GetBytes(text + "\n"), asked.Record.Secret))
            return "The body lost the line end that it was sent with. Verify the bytes as they arrived.";
        if (sent is null)
            return received.EventId is null
                ? "The body is not an event's JSON, so it is not what was sent. Verify the raw body, before anything parses it."
                : $"There is no event {received.EventId} of this merchant: the delivery comes from elsewhere, or from other keys.";
        if (Matches(sent, asked.Record.Secret))
            return $"The body is not byte for byte what was sent: it differs {Where(received.Body, sent)}. Often a framework parsed the JSON and wrote it anew: verify the raw body.";
        return received.Body.AsSpan().SequenceEqual(sent)
            ? "The body is exactly what was sent, so the signature or its time was changed, or is another delivery's."
            : $"Neither the body nor the signature is what was sent: the body differs {Where(received.Body, sent)}. Take both from the same delivery.";

        bool Matches(byte[] body, string secret) => Look(received, body, secret, isStandard, now) is SignatureVerdict.Valid or SignatureVerdict.OutsideTolerance;
    }

    private static SignatureVerdict Look(ReceivedSignature received, byte[] body, string secret, bool isStandard, long now) => isStandard
        ? StandardSignature.Verify(received.Id, received.Timestamp, received.Signature, body, secret, now)
        : WebhookSignature.Verify(received.Signature, body, secret, now);

    private static long Time(ReceivedSignature received, bool isStandard)
    {
        var text = isStandard ? received.Timestamp! : received.Signature.Split(',').Select(static part => part.Trim()).Last(static part => part.StartsWith("t=", StringComparison.Ordinal))[2..];
        return long.Parse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static string Missing(string header)
    {
        var names = header.Split(',').Select(static part => part.Split('=')[0].Trim()).ToHashSet();
        var missing = new List<string>();
        if (!names.Contains("t"))
            missing.Add("the time t=");
        if (!names.Contains("v1"))
            missing.Add("a signature v1=");
        return missing.Count > 0
            ? $"The header {WebhookSignature.Header} lacks {string.Join(" and ", missing)}. It is a list such as t=1700000000,v1=HEX; pass it on whole."
            : $"The header {WebhookSignature.Header} is no list such as t=1700000000,v1=HEX: its time is no number, or no v1 has 64 hexadecimal digits.";
    }

    private static string Where(byte[] got, byte[] sent)
    {
        var at = got.AsSpan().CommonPrefixLength(sent);
        return $"from byte {at + 1} on ({got.Length} bytes arrived, {sent.Length} were sent; there it says “{Around(got, at)}”, sent was “{Around(sent, at)}”)";
    }

    private static string Around(byte[] bytes, int at) => Encoding.UTF8.GetString(bytes.AsSpan(Math.Min(at, bytes.Length), Math.Min(24, bytes.Length - Math.Min(at, bytes.Length))));
}
