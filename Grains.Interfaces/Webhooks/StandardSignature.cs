using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Grains.Interfaces.Webhooks;

/// <summary>
/// The signature of Standard Webhooks: HMAC-SHA256 over id, time and body, joined by points, in base 64, under the base-64 part of
/// the secret behind <c>whsec_</c>. <c>webhook-signature</c> lists one a secret, separated by spaces.
/// </summary>
public static class StandardSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    private const string SecretPrefix = "whsec_";
    private const string Version = "v1,";

    /// <summary>The value of <see cref="SignatureHeader"/>.</summary>
    public static string Sign(string id, long timestamp, ReadOnlySpan<byte> body, params ReadOnlySpan<string> secrets)
    {
        var signatures = new List<string>();
        foreach (var secret in secrets)
            signatures.Add(Version + Convert.ToBase64String(Compute(id, timestamp, body, secret)));
        return string.Join(' ', signatures);
    }

    /// <summary>Looks at the three headers, in constant time where secrets are compared; never throws for what they say.</summary>
    public static SignatureVerdict Verify(string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body, string secret, long now)
    {
        if (string.IsNullOrEmpty(id) || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var at))
            return SignatureVerdict.Malformed;
        var expected = Compute(id, at, body, secret);
        var (matches, any) = (false, false);
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var signature in (signatures ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!signature.StartsWith(Version, StringComparison.Ordinal) || !Convert.TryFromBase64String(signature[Version.Length..], given, out var length) || length != given.Length)
                continue;
            any = true;
            matches |= CryptographicOperations.FixedTimeEquals(expected, given);
        }

        if (!any)
            return SignatureVerdict.Malformed;
        if (!matches)
            return SignatureVerdict.NoMatch;
        return Int128.Abs((Int128)now - at) > WebhookSignature.ToleranceSeconds ? SignatureVerdict.OutsideTolerance : SignatureVerdict.Valid;
    }

    private static byte[] Compute(string id, long timestamp, ReadOnlySpan<byte> body, string secret)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Convert.FromBase64String(secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? secret[SecretPrefix.Length..] : secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }
}
