using System.Globalization;
using System.Text.Json;
using Gateway.Idempotency;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces.Accounts;

namespace Gateway.Payments;

/// <summary>Reads the nested personal fields of a payment: location and metadata.</summary>
internal static class PersonalFieldsReader
{
    private const int MaxPairs = 50;
    private const int MaxKeyLength = 40;
    private const int MaxValueLength = 500;
    private const int MaxPlaceName = 140;

    /// <summary>Decimal places to a tenth of a millimetre, and then some.</summary>
    private const int MaxDegreeText = 20;

    public static Place? ReadLocation(ref Utf8JsonReader reader, ItemPath at, FieldErrors errors)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            errors.Add(at.Of("location"), "must be an object with latitude and longitude.");
            reader.Skip();
            return null;
        }

        decimal? latitude = null;
        decimal? longitude = null;
        string? name = null;
        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.ValueTextEquals("latitude"u8) ? 1 : reader.ValueTextEquals("longitude"u8) ? 2 : reader.ValueTextEquals("name"u8) ? 4 : 0;
            var path = field is 0 || (seen & field) != 0 ? at.Of("location." + TextField.Text(ref reader)) : "";
            reader.Read();
            if (path.Length > 0)
            {
                errors.Add(path, field == 0 ? "is not a field of a location." : "is given twice.");
                reader.Skip();
                continue;
            }

            seen |= field;
            if (field == 1)
                latitude = ReadDegrees(ref reader, at, "location.latitude", 90, errors);
            else if (field == 2)
                longitude = ReadDegrees(ref reader, at, "location.longitude", 180, errors);
            else
                name = TextField.Read(ref reader, at, "location.name", MaxPlaceName, TextKind.Free, errors);
        }

        if ((seen & 1) == 0)
            errors.Add(at.Of("location.latitude"), "is required.");
        if ((seen & 2) == 0)
            errors.Add(at.Of("location.longitude"), "is required.");
        return latitude is { } north && longitude is { } east ? new Place(north, east, name) : null;
    }

    public static IReadOnlyList<MetadataPair>? ReadMetadata(ref Utf8JsonReader reader, ItemPath at, FieldErrors errors)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            errors.Add(at.Of("metadata"), "must be an object of strings.");
            reader.Skip();
            return null;
        }

        var pairs = new List<MetadataPair>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = TextField.Text(ref reader);
            reader.Read();
            if (key is null || !TextField.Check(key, at, "metadata." + key, MaxKeyLength, TextKind.Identifier, errors))
            {
                if (key is null)
                    errors.Add(at.Of("metadata"), "has a key that is not valid Unicode text.");
                reader.Skip();
                continue;
            }

            if (!keys.Add(key))
            {
                errors.Add(at.Of("metadata." + key), "is given twice.");
                reader.Skip();
                continue;
            }

            if (keys.Count == MaxPairs + 1)
                errors.Add(at.Of("metadata"), $"must have at most {MaxPairs} pairs.");
            if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty)
                pairs.Add(new MetadataPair(key, ""));
            else if (TextField.Read(ref reader, at, "metadata." + key, MaxValueLength, TextKind.Free, errors) is { } value)
                pairs.Add(new MetadataPair(key, value));
        }

        return pairs.Count == 0 ? null : pairs;
    }

    public static void AddTo(ref CanonicalHash hash, PersonalFields fields)
    {
        hash.Add(20, fields.RemittanceInfo);
        hash.Add(21, fields.EndToEndId);
        hash.Add(22, fields.DebtorName);
        hash.Add(23, fields.CreditorName);
        hash.Add(24, fields.Purpose);
        hash.Add(25, fields.IpAddress);
        hash.Add(26, fields.DeviceId);
        if (fields.Location is { } place)
        {
            hash.Add(27, place.Latitude.ToString(CultureInfo.InvariantCulture));
            hash.Add(28, place.Longitude.ToString(CultureInfo.InvariantCulture));
            hash.Add(29, place.Name);
        }

        foreach (var pair in (fields.Metadata ?? []).OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            hash.Add(30, pair.Key);
            hash.Add(31, pair.Value);
        }
    }

    private static decimal? ReadDegrees(ref Utf8JsonReader reader, ItemPath at, string field, int limit, FieldErrors errors)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.Length <= MaxDegreeText && reader.TryGetDecimal(out var degrees) && degrees >= -limit && degrees <= limit)
            return degrees;
        errors.Add(at.Of(field), $"must be a number from -{limit} to {limit}.");
        reader.Skip();
        return null;
    }
}
