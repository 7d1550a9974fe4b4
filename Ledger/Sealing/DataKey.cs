using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ledger.Sealing;

/// <summary>
/// The key of one subject's personal fields: AES-256-GCM. A nonce is 4 random bytes of this process and the row's id, which is
/// never given twice; the process part keeps a restored backup, which leases the same ids again, from using a nonce twice.
/// Not for two threads at once.
/// </summary>
public sealed class DataKey : IDisposable
{
    public const int Size = 32;

    private const byte Format = 1;
    private const int EpochSize = 4;
    private const int TagSize = 16;
    private const int Overhead = 1 + EpochSize + TagSize;

    private static readonly byte[] ProcessEpoch = RandomNumberGenerator.GetBytes(EpochSize);

    private readonly AesGcm cipher;

    internal DataKey(ReadOnlySpan<byte> key) => cipher = new AesGcm(key, TagSize);

    /// <summary>Format, epoch, ciphertext, tag.</summary>
    public byte[] Seal(long row, ReadOnlySpan<byte> clear)
    {
        var result = new byte[Overhead + clear.Length];
        result[0] = Format;
        ProcessEpoch.CopyTo(result, 1);
        Span<byte> nonce = stackalloc byte[12];
        Nonce(row, ProcessEpoch, nonce);
        cipher.Encrypt(nonce, clear, result.AsSpan(1 + EpochSize, clear.Length), result.AsSpan(^TagSize));
        return result;
    }

    /// <exception cref="CryptographicException">Sealed under another key or for another row, or changed since.</exception>
    public byte[] Open(long row, ReadOnlySpan<byte> secret)
    {
        if (secret.Length < Overhead || secret[0] != Format)
            throw new CryptographicException("Not a sealed field.");
        var clear = new byte[secret.Length - Overhead];
        Span<byte> nonce = stackalloc byte[12];
        Nonce(row, secret.Slice(1, EpochSize), nonce);
        cipher.Decrypt(nonce, secret[(1 + EpochSize)..^TagSize], secret[^TagSize..], clear);
        return clear;
    }

    public void Dispose() => cipher.Dispose();

    private static void Nonce(long row, ReadOnlySpan<byte> epoch, Span<byte> nonce)
    {
        epoch.CopyTo(nonce);
        BinaryPrimitives.WriteInt64BigEndian(nonce[EpochSize..], row);
    }
}
