using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ledger.Documents;

/// <summary>
/// LZ4's block format (lz4_Block_format.md of the lz4 project), behind a dictionary: literals, and copies of up to 64 KiB back, which
/// may begin in the dictionary. Greedy, one place remembered for each hash: made for a few kilobytes of like text in a few microseconds.
/// </summary>
internal static class Lz4Block
{
    /// <summary>Places that a table of <see cref="Places"/> has.</summary>
    public const int TableSize = 1 << HashBits;

    private const int HashBits = 12;
    private const int HashedBytes = 6;
    private const int MinMatch = 4;
    private const int MaxOffset = 65_535;

    // The format's own: a block ends with five literals, and its last copy begins twelve bytes before its end.
    private const int LastLiterals = 5;
    private const int LastMatchStart = 12;

    /// <summary>Where a dictionary has each text; place 0 counts as none.</summary>
    public static int[] Places(ReadOnlySpan<byte> dictionary)
    {
        var places = new int[TableSize];
        for (var place = 1; place + sizeof(ulong) <= dictionary.Length; place++)
            places[Hash(MemoryMarshal.Read<ulong>(dictionary[place..]))] = place;
        return places;
    }

    /// <summary>The most bytes that so many become.</summary>
    public static int MaxLength(int length) => checked(length + (length / 255) + 16);

    /// <param name="window">The dictionary, and behind it what is packed.</param>
    /// <param name="start">Where the dictionary ends.</param>
    /// <param name="places">A copy of the dictionary's; spoilt.</param>
    /// <returns>How many bytes of the target were written.</returns>
    public static int Pack(ReadOnlySpan<byte> window, int start, Span<int> places, Span<byte> target)
    {
        var (written, literals, next, last) = (0, start, start, window.Length - LastMatchStart);
        ref var text = ref MemoryMarshal.GetReference(window);
        ref var table = ref MemoryMarshal.GetReference(places[..TableSize]);
        while (next <= last)
        {
            // Twelve bytes or more are left: eight can be read, and four where something earlier stands. A hash has no more values than
            // the table has places.
            ref var place = ref Unsafe.Add(ref table, Hash(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, next))));
            var from = place;
            place = next;
            if (from == 0 || next - from > MaxOffset || Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref text, from)) != Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref text, next)))
            {
                next++;
                continue;
            }

            var (begin, length) = (next, MinMatch + Alike(window, from + MinMatch, next + MinMatch));
            for (; begin > literals && from > 0 && window[begin - 1] == window[from - 1]; length++)
                (begin, from) = (begin - 1, from - 1);
            written += WriteLiterals(window[literals..begin], length - MinMatch, target[written..]);
            BinaryPrimitives.WriteUInt16LittleEndian(target[written..], (ushort)(begin - from));
            written += sizeof(ushort);
            written += WriteRest(length - MinMatch, target[written..]);
            literals = next = begin + length;
            if (next - 2 <= last)
                Unsafe.Add(ref table, Hash(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, next - 2)))) = next - 2;
        }

        return written + WriteLiterals(window[literals..], 0, target[written..]);
    }

    /// <param name="window">The dictionary, and behind it room for exactly what was packed.</param>
    /// <param name="start">Where the dictionary ends.</param>
    /// <exception cref="InvalidDataException">The block is no such block, or of another length.</exception>
    public static void Unpack(ReadOnlySpan<byte> block, Span<byte> window, int start)
    {
        var (read, filled) = (0, start);
        while (true)
        {
            var token = Next(block, ref read);
            var literals = Length(token >> 4, block, ref read);
            if (literals > block.Length - read || literals > window.Length - filled)
                throw Broken();
            block.Slice(read, literals).CopyTo(window[filled..]);
            (read, filled) = (read + literals, filled + literals);
            if (read == block.Length)
                break;
            var offset = Next(block, ref read) | (Next(block, ref read) << 8);
            var length = MinMatch + Length(token & 15, block, ref read);
            if (offset == 0 || offset > filled || length > window.Length - filled)
                throw Broken();
            // A copy may reach into itself, and then repeats.
            for (var end = filled + length; filled < end;)
            {
                var piece = Math.Min(offset, end - filled);
                window.Slice(filled - offset, piece).CopyTo(window[filled..]);
                filled += piece;
            }
        }

        if (filled != window.Length)
            throw Broken();
    }

    private static int Alike(ReadOnlySpan<byte> window, int from, int next)
    {
        var most = window.Length - LastLiterals - next;
        return most <= 0 ? 0 : window.Slice(from, most).CommonPrefixLength(window.Slice(next, most));
    }

    // A token's halves: how many literals, how many bytes beyond the least are copied; 15 says that more follows.
    private static int WriteLiterals(ReadOnlySpan<byte> literals, int copied, Span<byte> target)
    {
        target[0] = (byte)((Math.Min(15, literals.Length) << 4) | Math.Min(15, copied));
        var written = 1 + WriteRest(literals.Length, target[1..]);
        literals.CopyTo(target[written..]);
        return written + literals.Length;
    }

    private static int WriteRest(int length, Span<byte> target)
    {
        if (length < 15)
            return 0;
        var written = 0;
        for (length -= 15; length >= 255; length -= 255)
            target[written++] = 255;
        target[written++] = (byte)length;
        return written;
    }

    private static int Length(int half, ReadOnlySpan<byte> block, ref int read)
    {
        if (half < 15)
            return half;
        byte more;
        do
            half = checked(half + (more = Next(block, ref read)));
        while (more == 255);
        return half;
    }

    private static byte Next(ReadOnlySpan<byte> block, ref int read) => read < block.Length ? block[read++] : throw Broken();

    private static int Hash(ulong text) => (int)(unchecked((text << (64 - (8 * HashedBytes))) * 0x9E37_79B9_7F4A_7C15) >> (64 - HashBits));

    private static InvalidDataException Broken() => new("A packed frame is damaged.");
}
