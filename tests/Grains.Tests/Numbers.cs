using FsCheck;
using FsCheck.Fluent;

namespace Grains.Tests;

internal static class Numbers
{
    /// <summary>64-bit numbers of a range, both ends included; every fifth is an end or beside it.</summary>
    public static Gen<long> Between(long low, long high) =>
        from high31 in Gen.Choose(0, int.MaxValue)
        from low31 in Gen.Choose(0, int.MaxValue)
        from edge in Gen.Choose(0, 19)
        let span = (UInt128)((Int128)high - low) + 1
        let number = (long)(low + (Int128)((((UInt128)(uint)high31 << 31) | (uint)low31) * span >> 62))
        select edge switch { 0 => low, 1 => high, 2 => Math.Min(low + 1, high), 3 => Math.Max(high - 1, low), _ => number };
}
