using System.Buffers.Binary;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger.EventLog;

namespace Ledger.Archive;

/// <summary>
/// A row in a segment: the canonical bytes that its leaf hash covers, then what the commit gave it. Whoever hashes 0x00 and the
/// canonical bytes has the leaf, without knowing a field.
/// </summary>
internal static class ArchivedRow
{
    /// <summary>Balances and predecessors of both accounts.</summary>
    public const int GivenLength = 4 * sizeof(long);

    /// <summary>Writes the canonical bytes; returns their length.</summary>
    public static int WriteFields(LogRow row, ref byte[] buffer)
    {
        if (buffer.Length < RowFields.MaxLength(row))
            buffer = new byte[2 * RowFields.MaxLength(row)];
        Span<byte> checks = stackalloc byte[RowFields.Count];
        var length = RowFields.Write(row, buffer, checks) - 1;
        // Without the leaf's prefix.
        buffer.AsSpan(1, length).CopyTo(buffer);
        return length;
    }

    public static void WriteGiven(LogRow row, Span<byte> to)
    {
        BinaryPrimitives.WriteInt64BigEndian(to, row.DebtorBalance);
        BinaryPrimitives.WriteInt64BigEndian(to[8..], row.CreditorBalance);
        BinaryPrimitives.WriteInt64BigEndian(to[16..], row.DebtorPrevious);
        BinaryPrimitives.WriteInt64BigEndian(to[24..], row.CreditorPrevious);
    }

    /// <summary>Reads a row and seals it anew: its leaf is that of the bytes that were read.</summary>
    /// <exception cref="InvalidDataException">The bytes are no row.</exception>
    public static LogRow Read(ReadOnlySpan<byte> fields, ReadOnlySpan<byte> given, long position)
    {
        var from = new Fields(fields);
        var row = new LogRow
        {
            Id = from.Int64(),
            Type = (EventType)from.Byte(),
            TimeMs = from.Int64(),
            Tenant = from.Int64(),
            Payment = from.Int64(),
            Version = from.Int32(),
            Kind = (TransferKind)from.Byte(),
            Debtor = from.Int64(),
            Creditor = from.Int64(),
            Amount = from.Int64(),
            Currency = from.CurrencyOf(),
            Key = new IdempotencyKey(from.Hash()),
            RequestHash = from.Hash(),
            Reason = (Reason)from.Byte(),
            ExpiresAtMs = from.Int64(),
            Data = from.Blob(),
            Sealed = from.Blob(),
            SealedCreditor = from.Blob(),
            Position = position,
            DebtorBalance = BinaryPrimitives.ReadInt64BigEndian(given),
            CreditorBalance = BinaryPrimitives.ReadInt64BigEndian(given[8..]),
            DebtorPrevious = BinaryPrimitives.ReadInt64BigEndian(given[16..]),
            CreditorPrevious = BinaryPrimitives.ReadInt64BigEndian(given[24..]),
        };
        from.RequireEnd();
        LeafHash.Seal(row);
        return row;
    }

    private ref struct Fields(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> rest = bytes;

        public byte Byte() => Take(1)[0];

        public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

        public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

        public UInt128 Hash() => BinaryPrimitives.ReadUInt128BigEndian(Take(16));

        public Currency CurrencyOf()
        {
            var number = BinaryPrimitives.ReadInt16BigEndian(Take(2));
            return Currency.Exists(number) ? Currency.FromNumber(number) : throw new InvalidDataException($"{number} is no currency.");
        }

        public byte[]? Blob()
        {
            var length = Int32();
            if (length < -1)
                throw new InvalidDataException($"A field of {length} bytes.");
            return length < 0 ? null : Take(length).ToArray();
        }

        public readonly void RequireEnd()
        {
            if (!rest.IsEmpty)
                throw new InvalidDataException("A row is longer than its fields.");
        }

        private ReadOnlySpan<byte> Take(int length)
        {
            if (length > rest.Length)
                throw new InvalidDataException("A row is shorter than its fields.");
            var taken = rest[..length];
            rest = rest[length..];
            return taken;
        }
    }
}
