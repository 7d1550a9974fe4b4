using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Sealing;

/// <summary>
/// HMAC-SHA-256 for one purpose, under a key of the ledger's master key: the same in every process on the ledger, and nothing that
/// somebody who has the database could try guesses against. A thread makes its hash once and uses it again, which costs no more than
/// a plain one-shot SHA-256.
/// </summary>
public sealed class KeyedHash
{
    [ThreadStatic]
    private static ConditionalWeakTable<KeyedHash, IncrementalHash>? ofThread;

    private readonly byte[] key;

    /// <param name="purpose">Stored in what it hashes: never change one.</param>
    public KeyedHash(MasterKey masterKey, string purpose) => key = masterKey.Derive(purpose);

    /// <summary>The first 8 bytes of a text's hash, by which it is told apart without being kept; never 0, which stands for none.</summary>
    public long NumberOf(string text) => unchecked((long)(ulong)(Of(Encoding.UTF8.GetBytes(text)) >> 64)) is var number and not 0 ? number : 1;

    /// <summary>The first 16 bytes.</summary>
    public UInt128 Of(ReadOnlySpan<byte> value)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var hash = (ofThread ??= []).GetValue(this, static owner => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, owner.key));
        hash.AppendData(value);
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
