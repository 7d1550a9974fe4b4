using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Grains.Interfaces.Values;

/// <summary>
/// SHA-256 (FIPS 180-4) of many short texts at once, each in a lane of the processor's vectors. The library's hash costs most of a
/// microsecond before it has looked at a short text, and a batch of payments has two for each; eight lanes of 256-bit vectors hash
/// a block of 64 bytes in a tenth of that. Without vectors in hardware it is <see cref="Sha256"/>, one after the other.
/// </summary>
public static class Sha256Lanes
{
    public const int DigestLength = 32;

    internal const int BlockLength = 64;

    private const int Rounds = 64;
    private const int BlockWords = 16;

    /// <summary>The last block ends with the text's length in bits, behind a single 0x80.</summary>
    private const int LengthBytes = 8;

    internal static ReadOnlySpan<uint> Initial => [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private static ReadOnlySpan<uint> Constants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>Fills 32 bytes of <paramref name="digests"/> for each text, in their order.</summary>
    public static void Hash(HashTexts texts, Span<byte> digests)
    {
        if (Vector.IsHardwareAccelerated)
        {
            Hash(Initial, 0, texts, digests);
            return;
        }

        for (var i = 0; i < texts.Count; i++)
            Sha256.Hash(texts[i], digests.Slice(i * DigestLength, DigestLength));
    }

    /// <param name="start">The hash so far, the same for each text, over <paramref name="before"/> bytes: whole blocks.</param>
    internal static void Hash(ReadOnlySpan<uint> start, int before, HashTexts texts, Span<byte> digests)
    {
        for (var first = 0; first < texts.Count; first += Vector<uint>.Count)
            HashGroup(start, before, texts, first, digests);
    }

    /// <summary>The hash after one more block, of a single text.</summary>
    internal static void Continue(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<Vector<uint>> lanes = stackalloc Vector<uint>[state.Length];
        Span<Vector<uint>> words = stackalloc Vector<uint>[Rounds];
        for (var i = 0; i < lanes.Length; i++)
            lanes[i] = new Vector<uint>(state[i]);
        for (var i = 0; i < BlockWords; i++)
            words[i] = new Vector<uint>(BinaryPrimitives.ReadUInt32BigEndian(block[(4 * i)..]));
        Compress(lanes, words, Vector<uint>.AllBitsSet);
        for (var i = 0; i < lanes.Length; i++)
            state[i] = lanes[i][0];
    }

    private static void HashGroup(ReadOnlySpan<uint> start, int before, HashTexts texts, int first, Span<byte> digests)
    {
        Span<Vector<uint>> lanes = stackalloc Vector<uint>[Initial.Length];
        Span<Vector<uint>> words = stackalloc Vector<uint>[Rounds];
        Span<uint> blocks = stackalloc uint[Vector<uint>.Count];
        for (var i = 0; i < lanes.Length; i++)
            lanes[i] = new Vector<uint>(start[i]);
        var count = Math.Min(blocks.Length, texts.Count - first);
        var most = 0;
        for (var lane = 0; lane < count; lane++)
        {
            var ofText = (texts[first + lane].Length + 1 + LengthBytes + BlockLength - 1) / BlockLength;
            blocks[lane] = (uint)ofText;
            most = Math.Max(most, ofText);
        }

        var message = MemoryMarshal.Cast<Vector<uint>, uint>(words);
        for (var block = 0; block < most; block++)
        {
            for (var lane = 0; lane < count; lane++)
                if (block < blocks[lane])
                    Load(texts[first + lane], block, last: block + 1 == blocks[lane], before, message[lane..]);
            // A lane whose text has ended keeps its hash.
            Compress(lanes, words, Vector.GreaterThan(new Vector<uint>(blocks), new Vector<uint>((uint)block)));
        }

        var hashes = MemoryMarshal.Cast<Vector<uint>, uint>(lanes);
        for (var lane = 0; lane < count; lane++)
            for (var i = 0; i < lanes.Length; i++)
                BinaryPrimitives.WriteUInt32BigEndian(digests.Slice(((first + lane) * DigestLength) + (4 * i), 4), hashes[(i * blocks.Length) + lane]);
    }

    // A lane's words lie apart by the number of lanes.
    private static void Load(ReadOnlySpan<byte> text, int block, bool last, int before, Span<uint> message)
    {
        var rest = text[Math.Min(block * BlockLength, text.Length)..];
        if (rest.Length >= BlockLength)
        {
            Load(rest, message);
            return;
        }

        Span<byte> padded = stackalloc byte[BlockLength];
        padded.Clear();
        rest.CopyTo(padded);
        // Where the text filled the block before, its 0x80 is there or here.
        if (block * BlockLength <= text.Length)
            padded[rest.Length] = 0x80;
        if (last)
            BinaryPrimitives.WriteInt64BigEndian(padded[^LengthBytes..], 8L * (before + text.Length));
        Load(padded, message);
    }

    private static void Load(ReadOnlySpan<byte> block, Span<uint> message)
    {
        var words = MemoryMarshal.Cast<byte, uint>(block[..BlockLength]);
        for (var i = 0; i < words.Length; i++)
            message[i * Vector<uint>.Count] = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(words[i]) : words[i];
    }

    private static void Compress(Span<Vector<uint>> lanes, Span<Vector<uint>> words, Vector<uint> counts)
    {
        for (var i = BlockWords; i < Rounds; i++)
        {
            var (early, late) = (words[i - 15], words[i - 2]);
            words[i] = words[i - 16] + (Rotate(early, 7) ^ Rotate(early, 18) ^ Vector.ShiftRightLogical(early, 3))
                + words[i - 7] + (Rotate(late, 17) ^ Rotate(late, 19) ^ Vector.ShiftRightLogical(late, 10));
        }

        var (a, b, c, d, e, f, g, h) = (lanes[0], lanes[1], lanes[2], lanes[3], lanes[4], lanes[5], lanes[6], lanes[7]);
        for (var i = 0; i < Rounds; i++)
        {
            var first = h + (Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25)) + (g ^ (e & (f ^ g))) + new Vector<uint>(Constants[i]) + words[i];
            var second = (Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22)) + ((a & b) | (c & (a | b)));
            h = g;
            g = f;
            f = e;
            e = d + first;
            d = c;
            c = b;
            b = a;
            a = first + second;
        }

        lanes[0] += a & counts;
        lanes[1] += b & counts;
        lanes[2] += c & counts;
        lanes[3] += d & counts;
        lanes[4] += e & counts;
        lanes[5] += f & counts;
        lanes[6] += g & counts;
        lanes[7] += h & counts;
    }

    private static Vector<uint> Rotate(Vector<uint> word, int right) => Vector.ShiftRightLogical(word, right) | Vector.ShiftLeft(word, 32 - right);
}
