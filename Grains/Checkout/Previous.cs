using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Grains.Checkout;

/// <summary>What an update changed, as it was before: the <c>previous_attributes</c> of its event.</summary>
internal static class Previous
{
    public static JsonElement Of<T>(T before, T after, JsonTypeInfo<T> form)
        where T : class
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            // An update leaves most fields the very same objects, or equal ones: those are never written to be compared.
            foreach (var property in form.Properties)
            {
                if (property.Get is not { } get || get(before) is var old && get(after) is var now && Equals(old, now))
                    continue;
                var shown = form.Options.GetTypeInfo(property.PropertyType);
                if (old is not null && now is not null && IsShownAlike(old, now, shown))
                    continue;
                json.WritePropertyName(property.Name);
                JsonSerializer.Serialize(json, old, shown);
            }

            json.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    // Lists and metadata that were sent again: metadata may stand in another order.
    private static bool IsShownAlike(object old, object now, JsonTypeInfo form) =>
        JsonElement.DeepEquals(JsonSerializer.SerializeToElement(old, form), JsonSerializer.SerializeToElement(now, form));
}
