using System.Numerics;
using System.Runtime.InteropServices;

namespace Ledger.Postgres;

/// <summary>
/// Tells of keys in which of the epochs that are at their end they may be: a Bloom filter an epoch, whose bits of a key lie in one word
/// of 64. It never denies a key that its epoch has; some 3 in 10,000 others are not denied. The words of eight epochs lie side by side, so
/// that a key is looked for in all of them with one visit of memory. Four bytes a key.
/// </summary>
/// <param name="first">No key is in an epoch before this one.</param>
internal sealed class EpochFilters(int first)
{
    /// <summary>The words of an epoch.</summary>
    public const int Words = 1 << SlotBits;

    private const int SlotBits = 17;
    private const int BitsPerKey = 5;
    private const int EpochsPerGroup = 8;

    private volatile ulong[][] groups = [];
    private volatile int count;

    /// <summary>The epoch whose filter is to come next; of this one, and of those behind it, nothing is said.</summary>
    public int Next => first + count;

    /// <summary>Adds the filter of the next epoch. One thread at a time.</summary>
    public void Add(ReadOnlySpan<ulong> filter)
    {
        var (group, lane) = Math.DivRem(count, EpochsPerGroup);
        if (lane == 0)
            groups = [.. groups, new ulong[Words * EpochsPerGroup]];
        for (var slot = 0; slot < Words; slot++)
            groups[group][(slot * EpochsPerGroup) + lane] = filter[slot];
        count++;
    }

    /// <summary>Adds pairs of the key and an epoch that may have it. Any thread.</summary>
    public void Ask(UInt128 key, List<int> epochs, List<Guid> keys)
    {
        var end = count;
        var (slot, bits) = Place(key);
        for (var group = 0; group * EpochsPerGroup < end; group++)
        {
            var words = groups[group].AsSpan(slot * EpochsPerGroup, Math.Min(EpochsPerGroup, end - (group * EpochsPerGroup)));
            for (var lane = 0; lane < words.Length; lane++)
                if ((words[lane] & bits) == bits)
                {
                    epochs.Add(first + (group * EpochsPerGroup) + lane);
                    keys.Add(BatchColumns.Uuid(key));
                }
        }
    }

    /// <summary>Notes a key in the filter of its epoch.</summary>
    public static void Note(Span<ulong> filter, UInt128 key)
    {
        var (slot, bits) = Place(key);
        filter[slot] |= bits;
    }

    /// <summary>Whether the filter of its epoch has the key.</summary>
    public static bool Has(ReadOnlySpan<ulong> filter, UInt128 key)
    {
        var (slot, bits) = Place(key);
        return (filter[slot] & bits) == bits;
    }

    /// <summary>A filter as it is stored: its words, the lowest byte of each first.</summary>
    public static byte[] Bytes(ReadOnlySpan<ulong> filter) =>
        BitConverter.IsLittleEndian ? MemoryMarshal.AsBytes(filter).ToArray() : throw new PlatformNotSupportedException("The words of filters are stored with their lowest byte first.");

    public static ReadOnlySpan<ulong> Read(byte[] stored) =>
        BitConverter.IsLittleEndian ? MemoryMarshal.Cast<byte, ulong>(stored) : throw new PlatformNotSupportedException("The words of filters are stored with their lowest byte first.");

    // A key is a hash, of ten bytes and of six: mixed, they are as good as one. Filters are stored, so that this may not change.
    private static (int Slot, ulong Bits) Place(UInt128 key)
    {
        unchecked
        {
            var mixed = ((ulong)key ^ BitOperations.RotateLeft((ulong)(key >> 64), 23)) * 0x9E3779B97F4A7C15UL;
            mixed ^= mixed >> 29;
            mixed *= 0xBF58476D1CE4E5B9UL;
            mixed ^= mixed >> 32;
            var bits = 0UL;
            for (var i = 0; i < BitsPerKey; i++)
                bits |= 1UL << (int)((mixed >> (SlotBits + (6 * i))) & 63);
            return ((int)(mixed & (Words - 1)), bits);
        }
    }
}
