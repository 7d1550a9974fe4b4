using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Npgsql;

namespace Ledger.Postgres;

/// <summary>A log row from its columns.</summary>
internal static class LogColumns
{
    public const string All =
        "l.id, l.position, l.type, l.time, l.tenant, l.payment, l.version, l.kind, l.debtor, l.creditor, l.amount, l.currency, l.debtor_balance, l.creditor_balance, " +
        "l.debtor_previous, l.creditor_previous, l.key, l.request_hash, l.reason, l.expires_at, l.data, l.sealed, l.sealed_creditor, l.leaf, l.checks";

    public static LogRow Read(NpgsqlDataReader row)
    {
        var id = row.GetInt64(0);
        return new LogRow
        {
            Id = id,
            Position = row.GetInt64(1),
            Type = (EventType)Byte(row, 2),
            TimeMs = row.GetInt64(3),
            Tenant = row.GetInt64(4),
            Payment = row.IsDBNull(5) ? id : row.GetInt64(5),
            Version = row.GetInt32(6),
            Kind = (TransferKind)Byte(row, 7),
            Debtor = row.GetInt64(8),
            Creditor = row.GetInt64(9),
            Amount = row.GetInt64(10),
            Currency = CurrencyOf(row, 11),
            DebtorBalance = row.GetInt64(12),
            CreditorBalance = row.GetInt64(13),
            DebtorPrevious = row.GetInt64(14),
            CreditorPrevious = row.GetInt64(15),
            Key = new IdempotencyKey(Hash(row, 16)),
            RequestHash = Hash(row, 17),
            Reason = (Reason)Byte(row, 18),
            ExpiresAtMs = row.IsDBNull(19) ? 0 : row.GetInt64(19),
            Data = Blob(row, 20),
            Sealed = Blob(row, 21),
            SealedCreditor = Blob(row, 22),
            Leaf = Blob(row, 23) ?? [],
            Checks = Blob(row, 24) ?? [],
        };
    }

    private static byte[]? Blob(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);

    private static UInt128 Hash(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? UInt128.Zero : BatchColumns.Hash(row.GetGuid(column));

    // What does not fit its type was not written by us: damage, told with the row and the column.
    private static byte Byte(NpgsqlDataReader row, int column) =>
        row.GetInt16(column) is >= 0 and <= byte.MaxValue and var value ? (byte)value : throw Damaged(row, column);

    private static Currency CurrencyOf(NpgsqlDataReader row, int column) =>
        row.GetInt16(column) is > 0 and < 1000 and var value && Currency.Exists(value) ? Currency.FromNumber(value) : throw Damaged(row, column);

    private static LedgerDamagedException Damaged(NpgsqlDataReader row, int column) =>
        new($"Row {row.GetInt64(0)} of the log (position {row.GetInt64(1)}) is damaged: field {row.GetName(column)} holds {row.GetInt16(column)}.") { Field = row.GetName(column) };
}
