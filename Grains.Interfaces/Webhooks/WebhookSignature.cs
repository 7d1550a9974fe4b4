using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Grains.Interfaces.Webhooks;

/// <summary>What a look at a signature came to.</summary>
public enum SignatureVerdict : byte
{
    Valid = 1,

    /// <summary>The header is missing, or no list of <c>name=value</c> with a time and a <c>v1</c> signature.</summary>
    Malformed = 2,

    /// <summary>The time is further away than the tolerance: an old delivery, sent again by somebody, or a clock that is off.</summary>
    OutsideTolerance = 3,

    /// <summary>No signature is that of the body under the secret: another secret, or a body that is not byte for byte what was sent.</summary>
    NoMatch = 4,
}

/// <summary>Stripe's signature of a delivery: HMAC-SHA256 over time, point and body, in the header <c>Stripe-Signature</c>.</summary>
public static class WebhookSignature
{
    public const string Header = "Stripe-Signature";

    /// <summary>How far a delivery's time may be off, in seconds.</summary>
    public const long ToleranceSeconds = 300;

    /// <summary>The header's value, with one signature a secret.</summary>
    public static string Sign(long timestamp, ReadOnlySpan<byte> body, params ReadOnlySpan<string> secrets)
    {
        var header = new StringBuilder("t=").Append(timestamp.ToString(CultureInfo.InvariantCulture));
        foreach (var secret in secrets)
            header.Append(",v1=").Append(Convert.ToHexStringLower(Compute(timestamp, body, secret)));
        return header.ToString();
    }

    /// <summary>Looks at a header, in constant time where secrets are compared; never throws.</summary>
    public static SignatureVerdict Verify(string? header, ReadOnlySpan<byte> body, string secret, long now)
    {
        if (!TryParse(header, out var timestamp, out var signatures))
            return SignatureVerdict.Malformed;
        var expected = Compute(timestamp, body, secret);
        var matches = false;
        foreach (var signature in signatures)
            matches |= CryptographicOperations.FixedTimeEquals(expected, signature);
        if (!matches)
            return SignatureVerdict.NoMatch;
        return Int128.Abs((Int128)now - timestamp) > ToleranceSeconds ? SignatureVerdict.OutsideTolerance : SignatureVerdict.Valid;
    }

    private static byte[] Compute(long timestamp, ReadOnlySpan<byte> body, string secret)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.ASCII.GetBytes(timestamp.ToString(CultureInfo.InvariantCulture) + "."));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }

    private static bool TryParse(string? header, out long timestamp, out List<byte[]> signatures)
    {
        (timestamp, signatures) = (-1, []);
        foreach (var part in (header ?? "").Split(','))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                return false;
            var (name, value) = (part[..equals].Trim(), part[(equals + 1)..].Trim());
            if (name == "t" && !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out timestamp))
                return false;
            if (name == "v1" && value.Length == 2 * HMACSHA256.HashSizeInBytes && value.All(char.IsAsciiHexDigit))
                signatures.Add(Convert.FromHexString(value));
        }

        return timestamp >= 0 && signatures.Count > 0;
    }
}
