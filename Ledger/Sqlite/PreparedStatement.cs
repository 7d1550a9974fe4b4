using System.Buffers.Binary;
using SQLitePCL;

namespace Ledger.Sqlite;

/// <summary>
/// One prepared statement of one connection: bind, step, reset, with nothing between it and SQLite. Parameters and columns
/// count from 1 and 0, as SQLite has them.
/// </summary>
internal sealed unsafe class PreparedStatement : IDisposable
{
    private readonly SqliteDatabase database;
    private readonly sqlite3_stmt owner;
    private nint statement;

    public PreparedStatement(SqliteDatabase database, string sql)
    {
        this.database = database;
        database.Check(raw.sqlite3_prepare_v3(database.Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out owner), sql);
        statement = owner.DangerousGetHandle();
    }

    public PreparedStatement Bind(int parameter, long value)
    {
        database.Check(SqliteNative.BindInt64(statement, parameter, value));
        return this;
    }

    public PreparedStatement Bind(int parameter, long? value)
    {
        database.Check(value is { } number ? SqliteNative.BindInt64(statement, parameter, number) : SqliteNative.BindNull(statement, parameter));
        return this;
    }

    public PreparedStatement Bind(int parameter, string? value)
    {
        database.Check(value is null ? raw.sqlite3_bind_null(owner, parameter) : raw.sqlite3_bind_text(owner, parameter, value));
        return this;
    }

    public PreparedStatement Bind(int parameter, byte[]? value)
    {
        if (value is null)
        {
            database.Check(SqliteNative.BindNull(statement, parameter));
            return this;
        }

        // An empty array has no address, and no address would be NULL: any other one will do for no bytes.
        byte none = 0;
        fixed (byte* bytes = value)
            database.Check(SqliteNative.BindBlob(statement, parameter, bytes == null ? &none : bytes, value.Length, SqliteNative.Transient));
        return this;
    }

    public PreparedStatement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        byte none = 0;
        fixed (byte* bytes = value)
            database.Check(SqliteNative.BindBlob(statement, parameter, bytes == null ? &none : bytes, value.Length, SqliteNative.Transient));
        return this;
    }

    /// <summary>16 bytes, big-endian, so that their order is the number's; null for zero.</summary>
    public PreparedStatement Bind(int parameter, UInt128 value)
    {
        if (value == UInt128.Zero)
        {
            database.Check(SqliteNative.BindNull(statement, parameter));
            return this;
        }

        var bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(new Span<byte>(bytes, 16), value);
        database.Check(SqliteNative.BindBlob(statement, parameter, bytes, 16, SqliteNative.Transient));
        return this;
    }

    /// <summary>Steps to the next row; false, and reset, when there is none.</summary>
    public bool Step()
    {
        var result = SqliteNative.Step(statement);
        if (result == raw.SQLITE_ROW)
            return true;
        Reset();
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

    // What it answers is the last step's error, told already.
    public void Reset() => _ = SqliteNative.Reset(statement);

    public long Int64(int column) => SqliteNative.ColumnInt64(statement, column);

    public bool IsNull(int column) => SqliteNative.ColumnType(statement, column) == raw.SQLITE_NULL;

    public long? NullableInt64(int column) => IsNull(column) ? null : Int64(column);

    public string Text(int column) => raw.sqlite3_column_text(owner, column).utf8_to_string();

    public string? NullableText(int column) => IsNull(column) ? null : Text(column);

    public byte[]? Blob(int column) => IsNull(column) ? null : Bytes(column).ToArray();

    /// <summary>A blob where SQLite keeps it, until the next step; empty for null.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => new(SqliteNative.ColumnBlob(statement, column), SqliteNative.ColumnBytes(statement, column));

    /// <summary>SQLite's storage class of a column: <c>SQLITE_INTEGER</c>, <c>SQLITE_BLOB</c>, …</summary>
    public int StorageClass(int column) => SqliteNative.ColumnType(statement, column);

    /// <summary>16 bytes as a number; zero for null.</summary>
    /// <exception cref="LedgerDamagedException">The blob has another length.</exception>
    public UInt128 Hash(int column)
    {
        if (IsNull(column))
            return UInt128.Zero;
        var bytes = Bytes(column);
        return bytes.Length == 16 ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : throw new LedgerDamagedException($"A hash of {bytes.Length} bytes stands where 16 belong.");
    }

    public void Dispose()
    {
        // SQLite answers a use after this with an error, not with memory that is another's.
        statement = 0;
        owner.Dispose();
    }
}
