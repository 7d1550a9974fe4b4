using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ledger.Sealing;

namespace Ledger;

/// <summary>
/// 64 bits of a keyed hash over a caller-given reference, by which payments are found without keeping the text in clear: a reference
/// may be a person's, and so short that a plain hash of it is undone by trying all there are.
/// </summary>
public sealed class ReferenceHash(MasterKey masterKey)
{
    /// <summary>An end-to-end id has 35 characters, a UETR 36.</summary>
    private const int MaxBytes = 256;

    private readonly KeyedHash hash = new(masterKey, "references of payments");

    public long OfEndToEndId(string endToEndId) => Of("e:", endToEndId);

    public long OfUetr(Guid uetr) => Of("u:", uetr.ToString("D"));

    /// <summary>An analyst, by whom cases are found; of any length.</summary>
    public long OfAnalyst(string name) => Of("n:", name);

    /// <summary>As releases before 2026-11 hashed, without a key: payments that they recorded are found by it.</summary>
    public static long OfOlderEndToEndId(string endToEndId) => Older("e:" + endToEndId);

    /// <summary>As releases before 2026-11 hashed, without a key: payments that they recorded are found by it.</summary>
    public static long OfOlderUetr(Guid uetr) => Older("u:" + uetr.ToString("D"));

    private long Of(string kind, string text)
    {
        var size = kind.Length + Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = size <= MaxBytes ? stackalloc byte[MaxBytes] : new byte[size];
        var length = Encoding.UTF8.GetBytes(kind, bytes);
        length += Encoding.UTF8.GetBytes(text, bytes[length..]);
        return unchecked((long)(ulong)(hash.Of(bytes[..length]) >> 64));
    }

    private static long Older(string text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        return BinaryPrimitives.ReadInt64BigEndian(digest);
    }
}
