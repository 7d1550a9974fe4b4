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
        var text = Take();
        Write(text, method);
        Write(text, " ");
        Write(text, path);
        foreach (var (name, value) in parameters.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
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
