using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Grains.Interfaces.Checkout;

/// <summary>An event whole: its record, around its object as it was when the event happened.</summary>
public static class EventForm
{
    /// <summary>As a neutral endpoint gets it: type, time and object, in the form that Standard Webhooks recommends.</summary>
    public static byte[] WriteStandard(EventRecord happened, ReadOnlyMemory<byte> subject)
    {
        var buffer = new ArrayBufferWriter<byte>(subject.Length + 256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, happened.Id);
            json.WriteString("type"u8, happened.Type);
            json.WriteString("timestamp"u8, DateTimeOffset.FromUnixTimeSeconds(happened.Created).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            json.WritePropertyName("data"u8);
            json.WriteRawValue(subject.Span, skipInputValidation: true);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <param name="apiVersion">The version that it is shown in; null for that of the request that caused it.</param>
    public static byte[] Write(EventRecord happened, ReadOnlyMemory<byte> subject, string? apiVersion = null)
    {
        var buffer = new ArrayBufferWriter<byte>(subject.Length + 512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, happened.Id);
            json.WriteString("object"u8, "event"u8);
            json.WriteString("api_version"u8, apiVersion ?? happened.ApiVersion);
            json.WriteNumber("created"u8, happened.Created);
            json.WriteStartObject("data"u8);
            json.WritePropertyName("object"u8);
            json.WriteRawValue(subject.Span, skipInputValidation: true);
            if (happened.PreviousAttributes is { } previous)
            {
                json.WritePropertyName("previous_attributes"u8);
                previous.WriteTo(json);
            }

            json.WriteEndObject();
            json.WriteBoolean("livemode"u8, false);
            json.WriteNumber("pending_webhooks"u8, happened.PendingWebhooks);
            json.WriteStartObject("request"u8);
            json.WriteString("id"u8, happened.RequestId);
            json.WriteString("idempotency_key"u8, happened.IdempotencyKey);
            json.WriteEndObject();
            json.WriteString("type"u8, happened.Type);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
