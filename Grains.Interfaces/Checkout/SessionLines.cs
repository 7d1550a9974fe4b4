using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Grains.Interfaces.Checkout;

/// <summary>A session's items as the list of line items that Stripe shows of it.</summary>
public static class SessionLines
{
    /// <summary>All of them, or those between two ids.</summary>
    /// <param name="after">Only those behind this one; null for the first.</param>
    /// <param name="before">Only those ahead of this one, the last that fit.</param>
    public static byte[] Write(CheckoutSession session, SessionRecord record, int limit = 10, string? after = null, string? before = null)
    {
        var ids = record.Items.Select((_, index) => Id(session, "li", index)).ToList();
        var (from, to) = (after is null ? 0 : ids.IndexOf(after) + 1, before is null || !ids.Contains(before) ? ids.Count : ids.IndexOf(before));
        var hasMore = to - from > limit;
        if (before is not null)
            from = Math.Max(from, to - limit);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "list"u8);
            json.WriteStartArray("data"u8);
            for (var index = from; index < Math.Min(to, from + limit); index++)
                Write(json, session, record.Items[index], index);
            json.WriteEndArray();
            json.WriteBoolean("has_more"u8, hasMore);
            json.WriteString("url"u8, $"/v1/checkout/sessions/{session.Id}/line_items");
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, CheckoutSession session, SessionItem item, int index)
    {
        var amount = checked(item.UnitAmount * item.Quantity);
        json.WriteStartObject();
        json.WriteString("id"u8, Id(session, "li", index));
        json.WriteString("object"u8, "item"u8);
        json.WriteNull("adjustable_quantity"u8);
        json.WriteNumber("amount_discount"u8, 0);
        json.WriteNumber("amount_subtotal"u8, amount);
        json.WriteNumber("amount_tax"u8, 0);
        json.WriteNumber("amount_total"u8, amount);
        json.WriteString("currency"u8, session.Currency);
        json.WriteString("description"u8, item.Name);
        WriteEmpty(json, "metadata"u8);
        json.WriteStartObject("price"u8);
        json.WriteString("id"u8, Id(session, "price", index));
        json.WriteString("object"u8, "price"u8);
        json.WriteBoolean("active"u8, false);
        json.WriteString("billing_scheme"u8, "per_unit"u8);
        json.WriteNumber("created"u8, session.Created);
        json.WriteString("currency"u8, session.Currency);
        json.WriteNull("custom_unit_amount"u8);
        json.WriteBoolean("livemode"u8, false);
        json.WriteNull("lookup_key"u8);
        WriteEmpty(json, "metadata"u8);
        json.WriteNull("nickname"u8);
        json.WriteString("product"u8, Id(session, "prod", index));
        json.WriteNull("recurring"u8);
        json.WriteString("tax_behavior"u8, "unspecified"u8);
        json.WriteNull("tiers_mode"u8);
        json.WriteNull("transform_quantity"u8);
        json.WriteString("type"u8, "one_time"u8);
        json.WriteNumber("unit_amount"u8, item.UnitAmount);
        json.WriteString("unit_amount_decimal"u8, item.UnitAmount.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteNumber("quantity"u8, item.Quantity);
        json.WriteEndObject();
    }

    private static void WriteEmpty(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        json.WriteStartObject(name);
        json.WriteEndObject();
    }

    // They are nobody's but the session's: its own digits, and their place.
    private static string Id(CheckoutSession session, string prefix, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}_{session.Id[(session.Id.LastIndexOf('_') + 1)..]}{index:00}");
}
