using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Grains.Interfaces.Accounts;

namespace Ledger.Sealing;

/// <summary>
/// Personal fields as bytes, before they are sealed: a tag, a two-byte length and UTF-8 text, for each field that is there.
/// Tags are stored: never reuse one; unknown tags are an error, so that an older release does not drop a newer one's fields.
/// </summary>
public static class PersonalFieldsCodec
{
    private enum Tag : byte
    {
        RemittanceInfo = 1,
        EndToEndId = 2,
        DebtorName = 3,
        CreditorName = 4,
        Purpose = 5,
        Latitude = 6,
        Longitude = 7,
        PlaceName = 8,
        IpAddress = 9,
        DeviceId = 10,
        MetadataKey = 11,
        MetadataValue = 12,

        /// <summary>No text: the payment's fraud decision, which names places and parties.</summary>
        RiskDecision = 13,

        /// <summary>No text: how long that decision took, in microseconds, four bytes.</summary>
        DecisionMicroseconds = 14,
    }

    /// <summary>What the debtor's key seals: everything but the creditor's name. Null where there is nothing.</summary>
    public static byte[]? EncodeDebtorPart(PersonalFields fields)
    {
        var writer = new ArrayBufferWriter<byte>(64);
        WriteDebtorPart(writer, fields, []);
        return writer.WrittenCount == 0 ? null : writer.WrittenSpan.ToArray();
    }

    /// <summary>The same into a writer that is used again and again, with the payment's fraud decision.</summary>
    /// <param name="riskDecision">As its codec wrote it; empty where the payment has none.</param>
    /// <param name="microseconds">How long it took.</param>
    public static void WriteDebtorPart(ArrayBufferWriter<byte> writer, PersonalFields fields, ReadOnlySpan<byte> riskDecision, int microseconds = 0)
    {
        Add(writer, Tag.RemittanceInfo, fields.RemittanceInfo);
        Add(writer, Tag.EndToEndId, fields.EndToEndId);
        Add(writer, Tag.DebtorName, fields.DebtorName);
        Add(writer, Tag.Purpose, fields.Purpose);
        if (fields.Location is { } place)
        {
            Add(writer, Tag.Latitude, place.Latitude.ToString(CultureInfo.InvariantCulture));
            Add(writer, Tag.Longitude, place.Longitude.ToString(CultureInfo.InvariantCulture));
            Add(writer, Tag.PlaceName, place.Name);
        }

        Add(writer, Tag.IpAddress, fields.IpAddress);
        Add(writer, Tag.DeviceId, fields.DeviceId);
        foreach (var pair in fields.Metadata ?? [])
        {
            Add(writer, Tag.MetadataKey, pair.Key);
            Add(writer, Tag.MetadataValue, pair.Value);
        }

        if (riskDecision.IsEmpty)
            return;
        Add(writer, Tag.RiskDecision, riskDecision);
        Span<byte> took = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(took, microseconds);
        Add(writer, Tag.DecisionMicroseconds, took);
    }

    /// <summary>What the creditor's key seals. Null where there is nothing.</summary>
    public static byte[]? EncodeCreditorPart(PersonalFields fields)
    {
        if (fields.CreditorName is null)
            return null;
        var writer = new ArrayBufferWriter<byte>(64);
        Add(writer, Tag.CreditorName, fields.CreditorName);
        return writer.WrittenSpan.ToArray();
    }

    public static PersonalFields Decode(ReadOnlySpan<byte> debtorPart, ReadOnlySpan<byte> creditorPart)
    {
        var fields = Decode(PersonalFields.None, debtorPart);
        return creditorPart.IsEmpty ? fields : Decode(fields, creditorPart);
    }

    /// <summary>The payment's fraud decision, as its codec wrote it; empty where it has none.</summary>
    public static ReadOnlySpan<byte> RiskDecisionOf(ReadOnlySpan<byte> debtorPart) => BytesOf(Tag.RiskDecision, debtorPart);

    /// <summary>How long that decision took; null where it was not taken.</summary>
    public static int? DecisionMicrosecondsOf(ReadOnlySpan<byte> debtorPart) =>
        BytesOf(Tag.DecisionMicroseconds, debtorPart) is { IsEmpty: false } took ? BinaryPrimitives.ReadInt32BigEndian(took) : null;

    private static ReadOnlySpan<byte> BytesOf(Tag tag, ReadOnlySpan<byte> debtorPart)
    {
        while (!debtorPart.IsEmpty)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(debtorPart[1..]);
            if ((Tag)debtorPart[0] == tag)
                return debtorPart.Slice(3, length);
            debtorPart = debtorPart[(3 + length)..];
        }

        return [];
    }

    private static PersonalFields Decode(PersonalFields fields, ReadOnlySpan<byte> bytes)
    {
        List<MetadataPair>? metadata = null;
        string? key = null;
        string? placeName = null;
        decimal? latitude = null;
        decimal? longitude = null;
        while (!bytes.IsEmpty)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
            var text = (Tag)bytes[0] is Tag.RiskDecision or Tag.DecisionMicroseconds ? "" : Encoding.UTF8.GetString(bytes.Slice(3, length));
            switch ((Tag)bytes[0])
            {
                case Tag.RemittanceInfo: fields = fields with { RemittanceInfo = text }; break;
                case Tag.EndToEndId: fields = fields with { EndToEndId = text }; break;
                case Tag.DebtorName: fields = fields with { DebtorName = text }; break;
                case Tag.CreditorName: fields = fields with { CreditorName = text }; break;
                case Tag.Purpose: fields = fields with { Purpose = text }; break;
                case Tag.Latitude: latitude = decimal.Parse(text, CultureInfo.InvariantCulture); break;
                case Tag.Longitude: longitude = decimal.Parse(text, CultureInfo.InvariantCulture); break;
                case Tag.PlaceName: placeName = text; break;
                case Tag.IpAddress: fields = fields with { IpAddress = text }; break;
                case Tag.DeviceId: fields = fields with { DeviceId = text }; break;
                case Tag.MetadataKey: key = text; break;
                case Tag.MetadataValue: (metadata ??= []).Add(new MetadataPair(key!, text)); break;
                case Tag.RiskDecision or Tag.DecisionMicroseconds: break;
                default: throw new InvalidDataException($"Personal field {bytes[0]} is unknown to this release.");
            }

            bytes = bytes[(3 + length)..];
        }

        if (latitude is { } north && longitude is { } east)
            fields = fields with { Location = new Place(north, east, placeName) };
        return metadata is null ? fields : fields with { Metadata = metadata };
    }

    private static void Add(ArrayBufferWriter<byte> writer, Tag tag, ReadOnlySpan<byte> bytes)
    {
        var span = writer.GetSpan(3 + bytes.Length);
        span[0] = (byte)tag;
        BinaryPrimitives.WriteUInt16BigEndian(span[1..], checked((ushort)bytes.Length));
        bytes.CopyTo(span[3..]);
        writer.Advance(3 + bytes.Length);
    }

    private static void Add(ArrayBufferWriter<byte> writer, Tag tag, string? text)
    {
        if (text is null)
            return;
        var size = Encoding.UTF8.GetByteCount(text);
        var span = writer.GetSpan(3 + size);
        span[0] = (byte)tag;
        BinaryPrimitives.WriteUInt16BigEndian(span[1..], checked((ushort)size));
        Encoding.UTF8.GetBytes(text, span[3..]);
        writer.Advance(3 + size);
    }
}
