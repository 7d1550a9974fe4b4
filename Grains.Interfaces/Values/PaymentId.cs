using System.Text.Json;
using System.Text.Json.Serialization;

namespace Grains.Interfaces.Values;

/// <summary>
/// A payment's id: <c>pay_</c> and 26 characters at the edge; inside, its debtor's bucket and a number from a leased block
/// (the id of the payment's first row in the event log).
/// </summary>
[JsonConverter(typeof(PaymentIdJsonConverter))]
public readonly record struct PaymentId(int Bucket, long Number)
{
    private const string Prefix = "pay";

    public static bool TryParse(ReadOnlySpan<char> text, out PaymentId id)
    {
        var read = ResourceId.TryParse(text, Prefix, out var bucket, out var number);
        id = new PaymentId(bucket, number);
        return read;
    }

    public override string ToString() => ResourceId.Format(Prefix, Bucket, Number);
}

/// <summary>A payment id travels as its opaque text.</summary>
public sealed class PaymentIdJsonConverter : JsonConverter<PaymentId>
{
    public override PaymentId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        PaymentId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("Not a payment id.");

    public override void Write(Utf8JsonWriter writer, PaymentId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
