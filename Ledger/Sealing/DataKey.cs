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
    private const byte RandomNonceFormat = 2;
    private const int NonceSize = 12;
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
        Span<byte> nonce = stackalloc byte[NonceSize];
        Nonce(row, ProcessEpoch, nonce);
        cipher.Encrypt(nonce, clear, result.AsSpan(1 + EpochSize, clear.Length), result.AsSpan(^TagSize));
        return result;
    }

    /// <summary>
    /// Seals for a row for which something else was sealed before, by a decision that was never recorded: under a random nonce, for the
    /// row's own is used up. Format, nonce, ciphertext, tag; the row is authenticated.
    /// </summary>
    public byte[] SealAgain(long row, ReadOnlySpan<byte> clear)
    {
        var result = new byte[1 + NonceSize + clear.Length + TagSize];
        result[0] = RandomNonceFormat;
        RandomNumberGenerator.Fill(result.AsSpan(1, NonceSize));
        Span<byte> bound = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bound, row);
        cipher.Encrypt(result.AsSpan(1, NonceSize), clear, result.AsSpan(1 + NonceSize, clear.Length), result.AsSpan(^TagSize), bound);
        return result;
    }

    /// <exception cref="CryptographicException">Sealed under another key or for another row, or changed since.</exception>
    public byte[] Open(long row, ReadOnlySpan<byte> secret)
    {
        if (secret.Length >= 1 + NonceSize + TagSize && secret[0] == RandomNonceFormat)
            return OpenAgain(row, secret);
        if (secret.Length < Overhead || secret[0] != Format)
            throw new CryptographicException("Not a sealed field.");
        var clear = new byte[secret.Length - Overhead];
        Span<byte> nonce = stackalloc byte[NonceSize];
        Nonce(row, secret.Slice(1, EpochSize), nonce);
        cipher.Decrypt(nonce, secret[(1 + EpochSize)..^TagSize], secret[^TagSize..], clear);
        return clear;
    }

    private byte[] OpenAgain(long row, ReadOnlySpan<byte> secret)
    {
        var clear = new byte[secret.Length - 1 - NonceSize - TagSize];
        Span<byte> bound = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bound, row);
        cipher.Decrypt(secret.Slice(1, NonceSize), secret[(1 + NonceSize)..^TagSize], secret[^TagSize..], clear, bound);
        return clear;
    }

    public void Dispose() => cipher.Dispose();

    private static void Nonce(long row, ReadOnlySpan<byte> epoch, Span<byte> nonce)
    {
        epoch.CopyTo(nonce);
        BinaryPrimitives.WriteInt64BigEndian(nonce[EpochSize..], row);
    }
}
