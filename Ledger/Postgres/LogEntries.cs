using System.Buffers;
using System.Buffers.Binary;
using Npgsql.Internal;
using Npgsql.Internal.Postgres;

// Converters of one's own are marked as an interface that may change with Npgsql's next version: this file is all that would.
#pragma warning disable NPG9001

namespace Ledger.Postgres;

/// <summary>
/// The rows of a batch in the server's binary form of <c>log_entry[]</c>, written once and sent as they are: what Npgsql does for an
/// array a column, or for a mapped type, costs the writing thread several times as much.
/// </summary>
internal sealed class LogEntries
{
    /// <summary>As PostgreSQL finds it; its array is the parameter's type.</summary>
    public const string TypeName = "log_entry";

    private const int Columns = 25;
    private const int HeaderBytes = 20;
    private const int TypeAt = 8;
    private const int CountAt = 12;

    // Numbers of the server's own types, the same in every database.
    private const int Bigint = 20;
    private const int Smallint = 21;
    private const int Integer = 23;
    private const int Bytea = 17;
    private const int Uuid = 2950;

    private readonly ArrayBufferWriter<byte> written = new(64 * 1024);
    private readonly byte[] header = new byte[HeaderBytes];

    /// <summary>Rows, each with its length before it; behind <see cref="Header"/>.</summary>
    public ReadOnlySpan<byte> Rows => written.WrittenSpan;

    public ReadOnlyMemory<byte> RowsInMemory => written.WrittenMemory;

    /// <summary>One dimension from 1, or none; no element is null.</summary>
    public ReadOnlyMemory<byte> Header => Count == 0 ? header.AsMemory(0, CountAt) : header;

    public int Count { get; private set; }

    /// <summary>The number that the type has in the database that the rows are sent to.</summary>
    public uint Type
    {
        set => BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(TypeAt), value);
    }

    public void Clear()
    {
        written.ResetWrittenCount();
        Count = 0;
        Count32(0, 0);
    }

    public void Add(LogRow row)
    {
        Count++;
        Count32(0, 1);
        Count32(CountAt, Count);
        Count32(CountAt + sizeof(int), 1);
        var start = written.WrittenCount;
        // Its own length, which is known at its end.
        Int32(0);
        Int32(Columns);
        Int64(row.Id);
        Int64(row.Position);
        Int64(row.TimeMs);
        Int64(row.Tenant);
        Int64(row.Payment == row.Id ? null : row.Payment);
        Int64(row.Debtor);
        Int64(row.Creditor);
        Int64(row.Amount);
        Int64(row.DebtorBalance);
        Int64(row.CreditorBalance);
        Int64(row.DebtorPrevious);
        Int64(row.CreditorPrevious);
        Int64(row.ExpiresAtMs == 0 ? null : row.ExpiresAtMs);
        Field(Integer, sizeof(int));
        Int32(row.Version);
        Int16((short)row.Type);
        Int16((short)row.Kind);
        Int16(row.Currency.Number);
        Int16((short)row.Reason);
        Hash(row.Key.IsNone ? UInt128.Zero : row.Key.Value, row.Key.IsNone);
        Hash(row.RequestHash, row.RequestHash == UInt128.Zero);
        Bytes(row.Data);
        Bytes(row.Sealed);
        Bytes(row.SealedCreditor);
        Bytes(row.Leaf);
        Bytes(row.Checks);
        // Nobody else has a hold of the buffer.
        BinaryPrimitives.WriteInt32BigEndian(System.Runtime.InteropServices.MemoryMarshal.AsMemory(written.WrittenMemory).Span[start..], written.WrittenCount - start - sizeof(int));
    }

    private void Count32(int at, int value) => BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(at), value);

    private void Field(int type, int length)
    {
        Int32(type);
        Int32(length);
    }

    private void Int64(long? value)
    {
        if (value is { } number)
            Int64(number);
        else
            Field(Bigint, -1);
    }

    private void Int64(long value)
    {
        var span = written.GetSpan(16);
        BinaryPrimitives.WriteInt32BigEndian(span, Bigint);
        BinaryPrimitives.WriteInt32BigEndian(span[4..], sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(span[8..], value);
        written.Advance(16);
    }

    private void Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(written.GetSpan(sizeof(int)), value);
        written.Advance(sizeof(int));
    }

    private void Int16(short value)
    {
        Field(Smallint, sizeof(short));
        BinaryPrimitives.WriteInt16BigEndian(written.GetSpan(sizeof(short)), value);
        written.Advance(sizeof(short));
    }

    private void Hash(UInt128 value, bool isNull)
    {
        Field(Uuid, isNull ? -1 : 16);
        if (isNull)
            return;
        BinaryPrimitives.WriteUInt128BigEndian(written.GetSpan(16), value);
        written.Advance(16);
    }

    private void Bytes(byte[]? value)
    {
        Field(Bytea, value?.Length ?? -1);
        written.Write(value);
    }
}

/// <summary>Tells Npgsql how <see cref="LogEntries"/> are written: as they are.</summary>
internal sealed class LogEntriesResolvers : PgTypeInfoResolverFactory
{
    public override IPgTypeInfoResolver CreateResolver() => new Resolver();

    public override IPgTypeInfoResolver? CreateArrayResolver() => null;

    private sealed class Resolver : IPgTypeInfoResolver
    {
        public PgTypeInfo? GetTypeInfo(Type? type, DataTypeName? dataTypeName, PgSerializerOptions options) =>
            type == typeof(LogEntries) && dataTypeName is { } name ? new PgTypeInfo(options, new Converter(), name) : null;
    }

    private sealed class Converter : PgStreamingConverter<LogEntries>
    {
        public override Size GetSize(SizeContext context, LogEntries value, ref object? writeState) => checked(value.Header.Length + value.Rows.Length);

        public override void Write(PgWriter writer, LogEntries value)
        {
            writer.WriteBytes(value.Header.Span);
            writer.WriteBytes(value.Rows);
        }

        public override async ValueTask WriteAsync(PgWriter writer, LogEntries value, CancellationToken cancellationToken = default)
        {
            await writer.WriteBytesAsync(value.Header, cancellationToken);
            await writer.WriteBytesAsync(value.RowsInMemory, cancellationToken);
        }

        public override LogEntries Read(PgReader reader) => throw new NotSupportedException("Rows on their way are written, never read.");

        public override ValueTask<LogEntries> ReadAsync(PgReader reader, CancellationToken cancellationToken = default) => throw new NotSupportedException("Rows on their way are written, never read.");
    }
}
