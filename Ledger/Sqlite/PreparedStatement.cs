using System.Buffers.Binary;
using SQLitePCL;

namespace Ledger.Sqlite;

/// <summary>
/// One prepared statement of one connection: bind, step, reset, with nothing between it and SQLite. Parameters and columns
/// count from 1 and 0, as SQLite has them.
/// </summary>
internal sealed class PreparedStatement : IDisposable
{
    private readonly SqliteDatabase database;
    private readonly sqlite3_stmt statement;

    public PreparedStatement(SqliteDatabase database, string sql)
    {
        this.database = database;
        database.Check(raw.sqlite3_prepare_v3(database.Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out statement), sql);
    }

    public PreparedStatement Bind(int parameter, long value)
    {
        database.Check(raw.sqlite3_bind_int64(statement, parameter, value));
        return this;
    }

    public PreparedStatement Bind(int parameter, long? value)
    {
        database.Check(value is { } number ? raw.sqlite3_bind_int64(statement, parameter, number) : raw.sqlite3_bind_null(statement, parameter));
        return this;
    }

    public PreparedStatement Bind(int parameter, string? value)
    {
        database.Check(value is null ? raw.sqlite3_bind_null(statement, parameter) : raw.sqlite3_bind_text(statement, parameter, value));
        return this;
    }

    public PreparedStatement Bind(int parameter, byte[]? value)
    {
        database.Check(value is null ? raw.sqlite3_bind_null(statement, parameter) : raw.sqlite3_bind_blob(statement, parameter, value));
        return this;
    }

    /// <summary>16 bytes, big-endian, so that their order is the number's; null for zero.</summary>
    public PreparedStatement Bind(int parameter, UInt128 value)
    {
        if (value == UInt128.Zero)
        {
            database.Check(raw.sqlite3_bind_null(statement, parameter));
            return this;
        }

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        database.Check(raw.sqlite3_bind_blob(statement, parameter, bytes));
        return this;
    }

    /// <summary>Steps to the next row; false, and reset, when there is none.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(statement);
        if (result == raw.SQLITE_ROW)
            return true;
        raw.sqlite3_reset(statement);
        if (result != raw.SQLITE_DONE)
            database.Check(result);
        return false;
    }

    /// <summary>Runs a statement that returns no rows.</summary>
    public void Run()
    {
        if (Step())
            throw new InvalidOperationException("The statement returned a row.");
    }

    public void Reset() => raw.sqlite3_reset(statement);

    public long Int64(int column) => raw.sqlite3_column_int64(statement, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public long? NullableInt64(int column) => IsNull(column) ? null : Int64(column);

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public string? NullableText(int column) => IsNull(column) ? null : Text(column);

    public byte[]? Blob(int column) => IsNull(column) ? null : raw.sqlite3_column_blob(statement, column).ToArray();

    /// <summary>A blob where SQLite keeps it, until the next step; empty for null.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(statement, column);

    /// <summary>SQLite's storage class of a column: <c>SQLITE_INTEGER</c>, <c>SQLITE_BLOB</c>, …</summary>
    public int StorageClass(int column) => raw.sqlite3_column_type(statement, column);

    /// <summary>16 bytes as a number; zero for null.</summary>
    /// <exception cref="LedgerDamagedException">The blob has another length.</exception>
    public UInt128 Hash(int column)
    {
        if (IsNull(column))
            return UInt128.Zero;
        var bytes = raw.sqlite3_column_blob(statement, column);
        return bytes.Length == 16 ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : throw new LedgerDamagedException($"A hash of {bytes.Length} bytes stands where 16 belong.");
    }

    public void Dispose() => statement.Dispose();
}
