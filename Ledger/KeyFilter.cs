using System.Numerics;

namespace Ledger;

/// <summary>
/// Tells of most keys that the index does not have them, without looking there: a Bloom filter whose bits of a key lie in one
/// cache line. It never denies a key that was added; about one in 500 others is not denied. Full, it gets a successor of twice
/// the capacity, so that its memory follows the index: two to four bytes a key.
/// </summary>
internal sealed class KeyFilter
{
    private const int FirstCapacity = 1 << 18;
    private const int WordsPerLine = 8;
    private const int KeysPerLine = 32;
    private const int BitsPerKey = 6;

    private readonly List<ulong[]> layers = [];
    private volatile ulong[][] published = [];
    private int capacity;
    private int count;

    /// <summary>One thread at a time.</summary>
    public void Add(UInt128 key)
    {
        if (count == capacity)
        {
            capacity = capacity == 0 ? FirstCapacity : checked(capacity * 2);
            count = 0;
            layers.Add(new ulong[capacity / KeysPerLine * WordsPerLine]);
            published = [.. layers];
        }

        count++;
        var layer = layers[^1];
        var (line, bits) = Place(key, layer);
        for (var i = 0; i < BitsPerKey; i++, bits >>= 9)
            layer[line + (int)((bits >> 6) & (WordsPerLine - 1))] |= 1UL << (int)(bits & 63);
    }

    /// <summary>Any thread; it sees what was added before a lock that the adder left and this thread then took.</summary>
    public bool MayContain(UInt128 key)
    {
        foreach (var layer in published)
            if (MayContain(key, layer))
                return true;
        return false;
    }

    private static bool MayContain(UInt128 key, ulong[] layer)
    {
        var (line, bits) = Place(key, layer);
        for (var i = 0; i < BitsPerKey; i++, bits >>= 9)
            if ((layer[line + (int)((bits >> 6) & (WordsPerLine - 1))] & (1UL << (int)(bits & 63))) == 0)
                return false;
        return true;
    }

    // A key is a hash: its halves, mixed, are as good as two more. The lines of a layer are a power of two.
    private static (int Line, ulong Bits) Place(UInt128 key, ulong[] layer)
    {
        unchecked
        {
            var high = (ulong)(key >> 64);
            var mixed = ((ulong)key ^ BitOperations.RotateLeft(high, 23)) * 0x9E3779B97F4A7C15UL;
            mixed ^= mixed >> 29;
            var lines = (uint)(layer.Length / WordsPerLine);
            return ((int)((high ^ mixed) & (lines - 1)) * WordsPerLine, mixed * 0xBF58476D1CE4E5B9UL >> 8);
        }
    }
}
