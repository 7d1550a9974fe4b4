using System.Buffers.Binary;

namespace Ledger.EventLog;

/// <summary>
/// The canonical bytes of a row: each field in fixed order, integers big-endian, blobs after their length. Over them go the
/// leaf hash and the check bytes. Position, balances and chain links are not among them: the commit gives those.
/// </summary>
internal ref struct RowFields
{
    public const int Count = 18;

    /// <summary>Column names in canonical order, as an audit reports them.</summary>
    public static readonly string[] Names =
    [
        "id", "type", "time", "tenant", "payment", "version", "kind", "debtor", "creditor", "amount", "currency",
        "key", "request_hash", "reason", "expires_at", "data", "sealed", "sealed_creditor",
    ];

    // id, time, tenant, payment, debtor, creditor, amount, expires_at; version; currency; type, kind, reason; two hashes.
    private const int FixedLength = (8 * 8) + 4 + 2 + 3 + 32;

    private readonly Span<byte> buffer;
    private readonly Span<byte> checks;
    private int length;
    private int field;

    private RowFields(Span<byte> buffer, Span<byte> checks)
    {
        this.buffer = buffer;
        this.checks = checks;
    }

    public static int MaxLength(LogRow row) =>
        1 + FixedLength + 12 + (row.Data?.Length ?? 0) + (row.Sealed?.Length ?? 0) + (row.SealedCreditor?.Length ?? 0);

    /// <summary>Writes 0x00 (RFC 9162's leaf prefix) and the row; fills one check byte a field. Returns the length.</summary>
    public static int Write(LogRow row, Span<byte> buffer, Span<byte> checks)
    {
        buffer[0] = 0;
        var fields = new RowFields(buffer, checks) { length = 1 };
        fields.Add(row.Id);
        fields.Add((byte)row.Type);
        fields.Add(row.TimeMs);
        fields.Add(row.Tenant);
        fields.Add(row.Payment);
        fields.Add(row.Version);
        fields.Add((byte)row.Kind);
        fields.Add(row.Debtor);
        fields.Add(row.Creditor);
        fields.Add(row.Amount);
        fields.Add(row.Currency.Number);
        fields.Add(row.Key.Value);
        fields.Add(row.RequestHash);
        fields.Add((byte)row.Reason);
        fields.Add(row.ExpiresAtMs);
        fields.Add(row.Data);
        fields.Add(row.Sealed);
        fields.Add(row.SealedCreditor);
        return fields.length;
    }

    private void Add(byte value)
    {
        buffer[length] = value;
        End(1);
    }

    private void Add(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(buffer[length..], value);
        End(2);
    }

    private void Add(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer[length..], value);
        End(4);
    }

    private void Add(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(buffer[length..], value);
        End(8);
    }

    private void Add(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128BigEndian(buffer[length..], value);
        End(16);
    }

    // A missing blob is length −1, an empty one length 0.
    private void Add(byte[]? blob)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer[length..], blob?.Length ?? -1);
        blob?.CopyTo(buffer[(length + 4)..]);
        End(4 + (blob?.Length ?? 0));
    }

    private void End(int size)
    {
        checks[field++] = Crc8.Of(buffer.Slice(length, size));
        length += size;
    }
}
