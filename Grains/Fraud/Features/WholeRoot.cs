using System.Diagnostics;

namespace Grains.Fraud.Features;

/// <summary>The square root in whole numbers, by Newton's method.</summary>
internal static class WholeRoot
{
    /// <summary>The largest number whose square is not above the given one, which is at most 10³⁶.</summary>
    public static long Of(Int128 square)
    {
        Debug.Assert(square >= 0, "A square is not negative.");
        if (square < 2)
            return (long)square;
        // From a power of two at or above the root it falls towards it, and stops where it would rise again.
        var bits = 128 - (int)Int128.LeadingZeroCount(square);
        var root = Int128.One << ((bits + 1) / 2);
        while (true)
        {
            var next = (root + (square / root)) >> 1;
            if (next >= root)
                return (long)root;
            root = next;
        }
    }
}
