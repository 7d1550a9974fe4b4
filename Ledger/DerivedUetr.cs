using System.Buffers.Binary;
using Grains.Interfaces.Values;

namespace Ledger;

/// <summary>
/// The UETR of a payment whose caller gave none: a UUIDv4 computed from the payment's id, and back, so that it needs neither a
/// column nor an index.
/// </summary>
public static class DerivedUetr
{
    public static Guid Of(PaymentId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        var mask = Mask(id.Number);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], unchecked((ulong)id.Number ^ 0x5DEECE66D1CE4E5BUL) & 0x3FFF_FFFF_FFFF_FFFFUL | 0x8000_0000_0000_0000UL);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (mask & 0xFFFF_FFFF_FFFF_0000UL) | 0x4000UL | (uint)id.Bucket);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The payment that has this derived UETR, if it is one.</summary>
    public static bool TryPayment(Guid uetr, out PaymentId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        uetr.TryWriteBytes(bytes, bigEndian: true, out _);
        var number = (long)((BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) ^ 0x5DEECE66D1CE4E5BUL) & 0x3FFF_FFFF_FFFF_FFFFUL);
        var bucket = (int)(BinaryPrimitives.ReadUInt64BigEndian(bytes) & 0xFFF);
        id = new PaymentId(bucket, number);
        return Of(id) == uetr;
    }

    private static ulong Mask(long number)
    {
        unchecked
        {
            var mixed = ((ulong)number + 0x9E3779B97F4A7C15UL) * 0xBF58476D1CE4E5B9UL;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
            return mixed ^ (mixed >> 31);
        }
    }
}
