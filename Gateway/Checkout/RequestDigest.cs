using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Grains.Interfaces.Values;

namespace Gateway.Checkout;

/// <summary>
/// What tells one request under an idempotency key from another: over method, path, and parameters by name, those of one name in their
/// order; 32 hexadecimal digits. A thread keeps its buffer for the next. The ledger has such digests, keyed: never change what they are over.
/// </summary>
internal static class RequestDigest
{
    /// <summary>One that a large request has stretched is not kept.</summary>
    private const int MostKept = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? kept;

    public static string Of(string method, string path, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        KeyValuePair<string, string>[] sorted = [.. parameters];
        Sort(sorted);
        var text = Take();
        Write(text, method);
        Write(text, " ");
        Write(text, path);
        foreach (var (name, value) in sorted)
        {
            Write(text, "\n");
            Write(text, name);
            Write(text, "=");
            Write(text, value);
        }

        return End(text);
    }

    public static string Of(string text)
    {
        var bytes = Take();
        Write(bytes, text);
        return End(bytes);
    }

    // Few mostly; many are sorted where equal names keep their order, too.
    private static void Sort(KeyValuePair<string, string>[] pairs)
    {
        if (pairs.Length > 32)
        {
            pairs.OrderBy(static pair => pair.Key, StringComparer.Ordinal).ToArray().CopyTo(pairs, 0);
            return;
        }

        for (var i = 1; i < pairs.Length; i++)
        {
            var (pair, place) = (pairs[i], i);
            for (; place > 0 && string.CompareOrdinal(pairs[place - 1].Key, pair.Key) > 0; place--)
                pairs[place] = pairs[place - 1];
            pairs[place] = pair;
        }
    }

    private static void Write(ArrayBufferWriter<byte> to, string text) => Encoding.UTF8.GetBytes(text, to);

    private static ArrayBufferWriter<byte> Take()
    {
        var text = kept ?? new ArrayBufferWriter<byte>(1024);
        kept = null;
        text.ResetWrittenCount();
        return text;
    }

    private static string End(ArrayBufferWriter<byte> text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Sha256.Hash(text.WrittenSpan, digest);
        if (text.Capacity <= MostKept)
            kept = text;
        return Convert.ToHexStringLower(digest[..16]);
    }
}
