using System.Buffers;
using System.Security.Cryptography;
using Grains.Interfaces.Values;

namespace Ledger.EventLog;

/// <summary>
/// The leaf hash of a row, as RFC 9162 section 2.1.1 has it: SHA-256 over 0x00 and the row's canonical bytes. Personal fields
/// stand in it as ciphertext, so that destroying a key later erases a person and breaks no proof.
/// </summary>
public static class LeafHash
{
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>Fills the row's leaf and checks; to be called once all its fields are there, before it is queued.</summary>
    public static void Seal(LogRow row)
    {
        row.Leaf = new byte[Size];
        row.Checks = new byte[RowFields.Count];
        Compute(row, row.Leaf, row.Checks);
    }

    internal static void Compute(LogRow row, Span<byte> leaf, Span<byte> checks)
    {
        var needed = RowFields.MaxLength(row);
        var rented = needed > 1024 ? ArrayPool<byte>.Shared.Rent(needed) : null;
        var buffer = rented is null ? stackalloc byte[1024] : rented;
        var length = RowFields.Write(row, buffer, checks);
        Sha256.Hash(buffer[..length], leaf);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }
}
