using System.Buffers.Binary;
using System.Text;
using Grains.Interfaces.Values;

namespace Ledger;

/// <summary>
/// A payment row's event data that no column holds and that is not personal: UETR, a rejection's detail, what is returned, why
/// and by which payment; who ended its review. Where an account of the payment is on another shard: which one that is, of which payment a transfer is, and
/// which row credited what goes back. The traceparent of the request, where its trace was recorded. A tag, a two-byte length, the value; null where there is none of it. Tags are stored: never reuse one.
/// </summary>
public sealed record PaymentData(Guid? Uetr = null, string? Detail = null, PaymentId? ReturnOf = null, string? ReturnReason = null, PaymentId? ReturnedBy = null,
    AccountId? Debtor = null, AccountId? Creditor = null, PaymentId? Transfer = null, long ReturnedCredit = 0, string? By = null, string? Trace = null)
{
    private const byte UetrTag = 1;
    private const byte DetailTag = 2;
    private const byte ReturnOfTag = 3;
    private const byte ReturnReasonTag = 4;
    private const byte ReturnedByTag = 5;
    private const byte DebtorTag = 6;
    private const byte CreditorTag = 7;
    private const byte TransferTag = 8;
    private const byte ReturnedCreditTag = 9;
    private const byte ByTag = 10;
    private const byte TraceTag = 11;

    public static PaymentData None { get; } = new();

    public byte[]? Encode()
    {
        if (this == None)
            return null;
        var bytes = new List<byte>(64);
        if (Uetr is { } uetr)
            Add(bytes, UetrTag, uetr.ToByteArray(bigEndian: true));
        if (Detail is not null)
            Add(bytes, DetailTag, Encoding.UTF8.GetBytes(Detail));
        if (ReturnOf is { } original)
            Add(bytes, ReturnOfTag, Encoding.ASCII.GetBytes(original.ToString()));
        if (ReturnReason is not null)
            Add(bytes, ReturnReasonTag, Encoding.ASCII.GetBytes(ReturnReason));
        if (ReturnedBy is { } by)
            Add(bytes, ReturnedByTag, Encoding.ASCII.GetBytes(by.ToString()));
        if (Debtor is { } debtor)
            Add(bytes, DebtorTag, Encoding.ASCII.GetBytes(debtor.Value));
        if (Creditor is { } creditor)
            Add(bytes, CreditorTag, Encoding.ASCII.GetBytes(creditor.Value));
        if (Transfer is { } transfer)
            Add(bytes, TransferTag, Encoding.ASCII.GetBytes(transfer.ToString()));
        if (ReturnedCredit != 0)
            Add(bytes, ReturnedCreditTag, BigEndian(ReturnedCredit));
        if (By is not null)
            Add(bytes, ByTag, Encoding.UTF8.GetBytes(By));
        if (Trace is not null)
            Add(bytes, TraceTag, Encoding.ASCII.GetBytes(Trace));
        return [.. bytes];
    }

    public static PaymentData Decode(ReadOnlySpan<byte> bytes)
    {
        var data = None;
        while (!bytes.IsEmpty)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
            var value = bytes.Slice(3, length);
            data = bytes[0] switch
            {
                UetrTag => data with { Uetr = new Guid(value, bigEndian: true) },
                DetailTag => data with { Detail = Encoding.UTF8.GetString(value) },
                ReturnOfTag => data with { ReturnOf = Payment(value) },
                ReturnedByTag => data with { ReturnedBy = Payment(value) },
                DebtorTag => data with { Debtor = AccountId.Parse(Encoding.ASCII.GetString(value)) },
                CreditorTag => data with { Creditor = AccountId.Parse(Encoding.ASCII.GetString(value)) },
                TransferTag => data with { Transfer = Payment(value) },
                ReturnedCreditTag => data with { ReturnedCredit = BinaryPrimitives.ReadInt64BigEndian(value) },
                ByTag => data with { By = Encoding.UTF8.GetString(value) },
                TraceTag => data with { Trace = Encoding.ASCII.GetString(value) },
                ReturnReasonTag => data with { ReturnReason = Encoding.ASCII.GetString(value) },
                _ => throw new InvalidDataException($"Payment data {bytes[0]} is unknown to this release."),
            };
            bytes = bytes[(3 + length)..];
        }

        return data;
    }

    private static byte[] BigEndian(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    private static PaymentId Payment(ReadOnlySpan<byte> value) =>
        PaymentId.TryParse(Encoding.ASCII.GetString(value), out var id) ? id : throw new InvalidDataException("Not a payment id.");

    private static void Add(List<byte> bytes, byte tag, byte[] value)
    {
        bytes.Add(tag);
        bytes.Add(checked((byte)(value.Length >> 8)));
        bytes.Add((byte)(value.Length & 0xFF));
        bytes.AddRange(value);
    }
}
