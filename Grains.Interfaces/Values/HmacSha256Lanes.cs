using System.Numerics;
using System.Security.Cryptography;

namespace Grains.Interfaces.Values;

/// <summary>HMAC-SHA-256 (RFC 2104) of many short texts at once under one key, as <see cref="Sha256Lanes"/> hashes them.</summary>
public sealed class HmacSha256Lanes
{
    private readonly byte[] key;
    private readonly uint[] inner;
    private readonly uint[] outer;

    /// <param name="key">At most 64 bytes, a block: a longer one is its hash elsewhere, and refused here.</param>
    public HmacSha256Lanes(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, Sha256Lanes.BlockLength);
        this.key = key.ToArray();
        inner = Padded(0x36);
        outer = Padded(0x5c);
    }

    /// <summary>Fills 32 bytes of <paramref name="digests"/> for each text, in their order.</summary>
    /// <param name="innerDigests">Used on the way.</param>
    public void Hash(HashTexts texts, HashTexts innerDigests, Span<byte> digests)
    {
        if (!Vector.IsHardwareAccelerated)
        {
            for (var i = 0; i < texts.Count; i++)
                HMACSHA256.HashData(key, texts[i], digests.Slice(i * Sha256Lanes.DigestLength, Sha256Lanes.DigestLength));
            return;
        }

        Sha256Lanes.Hash(inner, Sha256Lanes.BlockLength, texts, digests);
        innerDigests.Clear();
        for (var i = 0; i < texts.Count; i++)
            innerDigests.Add(digests.Slice(i * Sha256Lanes.DigestLength, Sha256Lanes.DigestLength));
        Sha256Lanes.Hash(outer, Sha256Lanes.BlockLength, innerDigests, digests);
    }

    // The key is the first block of every text: hashed once.
    private uint[] Padded(byte pad)
    {
        Span<byte> block = stackalloc byte[Sha256Lanes.BlockLength];
        block.Fill(pad);
        for (var i = 0; i < key.Length; i++)
            block[i] ^= key[i];
        var state = Sha256Lanes.Initial.ToArray();
        Sha256Lanes.Continue(state, block);
        return state;
    }
}
