using System.Buffers;
using System.Text.Json;

namespace Grains.Interfaces.Checkout;

/// <summary>A charge's refunds as the list that <c>expand[]=refunds</c> shows inside it.</summary>
public static class RefundList
{
    /// <summary>The newest ten, as Stripe shows them.</summary>
    public const int MaxShown = 10;

    public static byte[] Write(string charge, IReadOnlyList<ReadOnlyMemory<byte>> refunds, bool hasMore)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "list"u8);
            json.WriteStartArray("data"u8);
            foreach (var refund in refunds)
                json.WriteRawValue(refund.Span, skipInputValidation: true);
            json.WriteEndArray();
            json.WriteBoolean("has_more"u8, hasMore);
            json.WriteString("url"u8, $"/v1/refunds?charge={charge}");
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
