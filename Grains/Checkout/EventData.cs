using System.Buffers;
using System.Text.Json;
using Grains.Interfaces.Values;

namespace Grains.Checkout;

/// <summary>
/// What rows of a merchant's log say in the clear: names, not contents, for those are sealed. A thread keeps one writer for all.
/// </summary>
internal static class EventData
{
    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? ofThread;

    /// <summary>Of an entry's first row.</summary>
    public static byte[] Recorded(string merchant, IReadOnlyList<(string Type, long Subject)> events, IEnumerable<string> objects)
    {
        var (buffer, json) = Begin();
        json.WriteString("subject"u8, merchant);
        json.WriteStartArray("events"u8);
        foreach (var (type, _) in events)
            json.WriteStringValue(type);
        json.WriteEndArray();
        json.WriteStartArray("objects"u8);
        foreach (var id in objects)
            json.WriteStringValue(id);
        json.WriteEndArray();
        return End(buffer, json);
    }

    /// <summary>Of a row that moves money.</summary>
    public static byte[] Moved(string subject, long amount, Currency currency)
    {
        var (buffer, json) = Begin();
        json.WriteString("subject"u8, subject);
        json.WriteString("amount"u8, new Money(amount, currency).ToDecimalString());
        json.WriteString("currency"u8, currency.Code);
        return End(buffer, json);
    }

    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json) Begin()
    {
        if (ofThread is not { } writer)
        {
            var made = new ArrayBufferWriter<byte>(512);
            ofThread = writer = (made, new Utf8JsonWriter(made));
        }

        writer.Buffer.ResetWrittenCount();
        writer.Json.Reset();
        writer.Json.WriteStartObject();
        return writer;
    }

    private static byte[] End(ArrayBufferWriter<byte> buffer, Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
