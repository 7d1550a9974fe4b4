using System.Security.Cryptography;
using System.Text;
using Gateway.Problems;
using Grains.Interfaces.Values;
using Microsoft.AspNetCore.Http;

namespace Gateway.Idempotency;

/// <summary>
/// The <c>Idempotency-Key</c> header (IETF draft-ietf-httpapi-idempotency-key-header): a quoted structured-field string, or the
/// same characters bare; both are the same key.
/// </summary>
internal static class IdempotencyHeader
{
    public const string Name = "Idempotency-Key";
    public const string ReplayedName = "Idempotent-Replayed";

    /// <summary>
    /// Reads the key. Where there is none, the sandbox makes one and answers it in the same header; elsewhere that is a problem.
    /// </summary>
    public static Problem? Read(HttpContext context, bool makeMissing, out string key)
    {
        key = "";
        var values = context.Request.Headers[Name];
        if (values.Count == 0)
        {
            if (!makeMissing)
                return new Problem(ProblemCode.IdempotencyKeyMissing);
            key = Generate();
            context.Response.Headers[Name] = key;
            return null;
        }

        if (values.Count > 1)
            return new Problem(ProblemCode.IdempotencyKeyInvalid, "The header is sent more than once.");
        return TryParse(values[0] ?? "", out key) ? null : new Problem(ProblemCode.IdempotencyKeyInvalid);
    }

    public static string Generate() => RandomNumberGenerator.GetString("0123456789abcdefghjkmnpqrstvwxyz", 26);

    /// <summary>1–255 printable ASCII characters.</summary>
    public static bool IsKey(ReadOnlySpan<char> text) =>
        text.Length is >= 1 and <= IdempotencyKey.MaxLength && !text.ContainsAnyExceptInRange(' ', '~');

    public static bool TryParse(string text, out string key)
    {
        key = text;
        return text.StartsWith('"') ? TryUnquote(text, out key) && IsKey(key) : IsKey(text);
    }

    // RFC 9651, section 3.3.3: backslash escapes only itself and the quote.
    private static bool TryUnquote(string text, out string key)
    {
        key = "";
        if (text.Length < 2 || !text.EndsWith('"'))
            return false;
        var inside = text.AsSpan(1, text.Length - 2);
        if (inside.IndexOfAny('"', '\\') < 0)
        {
            key = inside.ToString();
            return true;
        }

        var unquoted = new StringBuilder(inside.Length);
        for (var i = 0; i < inside.Length; i++)
        {
            if (inside[i] == '"')
                return false;
            if (inside[i] == '\\' && (++i == inside.Length || inside[i] is not ('"' or '\\')))
                return false;
            unquoted.Append(inside[i]);
        }

        key = unquoted.ToString();
        return true;
    }
}
