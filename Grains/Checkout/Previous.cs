using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Grains.Checkout;

/// <summary>What an update changed, as it was before: the <c>previous_attributes</c> of its event.</summary>
internal static class Previous
{
    private static ReadOnlySpan<byte> Null => "null"u8;

    public static JsonElement Of<T>(T before, T after, JsonTypeInfo<T> form)
    {
        // Compared as the bytes that they are shown with: most fields are the same, and never become anything else.
        var (old, now) = (Fields.Of(before, form), Fields.Of(after, form));
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            for (var field = 0; field < old.Count; field++)
            {
                var value = old.Value(field);
                if (!Same(value, now.Value(now.Find(old.Name(field), field))))
                    Write(json, old.Name(field), value);
            }

            for (var field = 0; field < now.Count; field++)
                if (old.Find(now.Name(field), field) < 0 && !now.Value(field).SequenceEqual(Null))
                    Write(json, now.Name(field), Null);
            json.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    // The same metadata may stand in another order.
    private static bool Same(ReadOnlySpan<byte> old, ReadOnlySpan<byte> now) =>
        old.SequenceEqual(now) || (old[0] == '{' && now[0] == '{' && JsonElement.DeepEquals(JsonElement.Parse(old), JsonElement.Parse(now)));

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value, skipInputValidation: true);
    }

    /// <summary>An object's fields in the order of their form, which is the same for both: a field is found near its place.</summary>
    private readonly struct Fields(byte[] bytes, List<(Range Name, Range Value)> places)
    {
        public int Count => places.Count;

        public static Fields Of<T>(T value, JsonTypeInfo<T> form)
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(value, form);
            var places = new List<(Range, Range)>(64);
            var reader = new Utf8JsonReader(bytes);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = (int)reader.TokenStartIndex + 1;
                var nameEnd = name + reader.ValueSpan.Length;
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                places.Add((name..nameEnd, start..(int)reader.BytesConsumed));
            }

            return new Fields(bytes, places);
        }

        public ReadOnlySpan<byte> Name(int field) => bytes.AsSpan(places[field].Name);

        /// <summary>Null for a field that is not there.</summary>
        public ReadOnlySpan<byte> Value(int field) => field < 0 ? Null : bytes.AsSpan(places[field].Value);

        /// <summary>The field of that name; -1 where there is none.</summary>
        public int Find(ReadOnlySpan<byte> name, int near)
        {
            for (var step = 0; step < places.Count; step++)
            {
                var field = (near + step) % places.Count;
                if (Name(field).SequenceEqual(name))
                    return field;
            }

            return -1;
        }
    }
}
