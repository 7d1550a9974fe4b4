using System.Diagnostics;

namespace Grains.Fraud.Features;

/// <summary>The square root in whole numbers.</summary>
internal static class WholeRoot
{
    /// <summary>The largest number whose square is not above a number of at most 10³⁶.</summary>
    public static long Of(Int128 square)
    {
        Debug.Assert(square >= 0, "A square is not negative.");
        // A double's root is off by a few at most; the whole numbers settle it.
        var root = (long)Math.Sqrt((double)square);
        while ((Int128)root * root > square)
            root--;
        while ((Int128)(root + 1) * (root + 1) <= square)
            root++;
        return root;
    }
}
