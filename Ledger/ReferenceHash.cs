using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ledger;

/// <summary>64 bits of SHA-256 over a caller-given reference, by which payments are found without keeping the text in clear.</summary>
public static class ReferenceHash
{
    public static long OfEndToEndId(string endToEndId) => Of("e:" + endToEndId);

    public static long OfUetr(Guid uetr) => Of("u:" + uetr.ToString("D"));

    private static long Of(string text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        return BinaryPrimitives.ReadInt64BigEndian(digest);
    }
}
