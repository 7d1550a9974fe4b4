using Grains.Interfaces.Events;
using Grains.Interfaces.Values;

namespace Ledger.Sqlite;

/// <summary>A log row to and from its columns.</summary>
internal static class LogTable
{
    public const string Columns =
        "id, position, type, time, tenant, payment, version, kind, debtor, creditor, amount, currency, debtor_balance, creditor_balance, " +
        "debtor_previous, creditor_previous, key, request_hash, reason, expires_at, data, sealed, sealed_creditor, leaf, checks";

    public const int LeafColumn = 23;
    public const int ChecksColumn = 24;

    public static readonly string[] ColumnNames = Columns.Split(", ");

    private const string InsertSql =
        $"INSERT INTO log ({Columns}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

    public static void Insert(SqliteDatabase database, LogRow row)
    {
        var insert = database.Statement(InsertSql);
        insert.Bind(1, row.Id);
        insert.Bind(2, row.Position);
        insert.Bind(3, (long)row.Type);
        insert.Bind(4, row.TimeMs);
        insert.Bind(5, row.Tenant);
        insert.Bind(6, row.Payment == row.Id ? null : row.Payment);
        insert.Bind(7, row.Version);
        insert.Bind(8, (long)row.Kind);
        insert.Bind(9, row.Debtor);
        insert.Bind(10, row.Creditor);
        insert.Bind(11, row.Amount);
        insert.Bind(12, row.Currency.Number);
        insert.Bind(13, row.DebtorBalance);
        insert.Bind(14, row.CreditorBalance);
        insert.Bind(15, row.DebtorPrevious);
        insert.Bind(16, row.CreditorPrevious);
        insert.Bind(17, row.Key.Value);
        insert.Bind(18, row.RequestHash);
        insert.Bind(19, (long)row.Reason);
        insert.Bind(20, row.ExpiresAtMs);
        insert.Bind(21, row.Data);
        insert.Bind(22, row.Sealed);
        insert.Bind(23, row.SealedCreditor);
        insert.Bind(24, row.Leaf);
        insert.Bind(25, row.Checks);
        insert.Run();
    }

    public static LogRow Read(PreparedStatement select)
    {
        var row = ReadFields(select);
        row.Leaf = select.Blob(LeafColumn) ?? [];
        row.Checks = select.Blob(ChecksColumn) ?? [];
        return row;
    }

    /// <summary>A row without its leaf and checks, for who compares those where they stand.</summary>
    public static LogRow ReadFields(PreparedStatement select)
    {
        var id = select.Int64(0);
        return new LogRow
        {
            Id = id,
            Position = select.Int64(1),
            Type = (EventType)Byte(select, 2),
            TimeMs = select.Int64(3),
            Tenant = select.Int64(4),
            Payment = select.NullableInt64(5) ?? id,
            Version = Narrow(select, 6),
            Kind = (TransferKind)Byte(select, 7),
            Debtor = select.Int64(8),
            Creditor = select.Int64(9),
            Amount = select.Int64(10),
            Currency = CurrencyOf(select, 11),
            DebtorBalance = select.Int64(12),
            CreditorBalance = select.Int64(13),
            DebtorPrevious = select.Int64(14),
            CreditorPrevious = select.Int64(15),
            Key = new IdempotencyKey(Hash(select, 16)),
            RequestHash = Hash(select, 17),
            Reason = (Reason)Byte(select, 18),
            ExpiresAtMs = select.Int64(19),
            Data = select.Blob(20),
            Sealed = select.Blob(21),
            SealedCreditor = select.Blob(22),
        };
    }

    // What does not fit its type was not written by us: damage, told with the row and the column.
    private static byte Byte(PreparedStatement select, int column)
    {
        var value = select.Int64(column);
        return value is >= 0 and <= byte.MaxValue ? (byte)value : throw Damaged(select, column);
    }

    private static int Narrow(PreparedStatement select, int column)
    {
        var value = select.Int64(column);
        return value is >= 0 and <= int.MaxValue ? (int)value : throw Damaged(select, column);
    }

    private static Currency CurrencyOf(PreparedStatement select, int column)
    {
        var value = select.Int64(column);
        return value is > 0 and < 1000 && Currency.Exists((short)value) ? Currency.FromNumber((short)value) : throw Damaged(select, column);
    }

    private static UInt128 Hash(PreparedStatement select, int column) =>
        select.IsNull(column) || select.Bytes(column).Length == 16 ? select.Hash(column) : throw Damaged(select, column);

    private static LedgerDamagedException Damaged(PreparedStatement select, int column) =>
        new($"Row {select.Int64(0)} of the log (position {select.Int64(1)}) is damaged: field {ColumnNames[column]} holds {select.Int64(column)}.") { Field = ColumnNames[column] };
}
