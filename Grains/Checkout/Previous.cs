using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Grains.Checkout;

/// <summary>
/// What an update changed, as it was before: the <c>previous_attributes</c> of its event. A thread keeps one writer for all.
/// </summary>
internal static class Previous
{
    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? ofThread;

    public static JsonElement Of<T>(T before, T after, JsonTypeInfo<T> form)
        where T : class
    {
        if (ofThread is not { } writer)
        {
            var made = new ArrayBufferWriter<byte>(512);
            ofThread = writer = (made, new Utf8JsonWriter(made));
        }

        var (buffer, json) = writer;
        buffer.ResetWrittenCount();
        json.Reset();
        json.WriteStartObject();
        var properties = form.Properties;
        // An update leaves most fields the very same objects, or equal ones: those are never written to be compared.
        for (var i = 0; i < properties.Count; i++)
        {
            if (properties[i].Get is not { } get || get(before) is var old && get(after) is var now && Equals(old, now))
                continue;
            var shown = form.Options.GetTypeInfo(properties[i].PropertyType);
            if (old is not null && now is not null && IsShownAlike(old, now, shown))
                continue;
            json.WritePropertyName(properties[i].Name);
            JsonSerializer.Serialize(json, old, shown);
        }

        json.WriteEndObject();
        json.Flush();
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    // Lists and metadata that were sent again: metadata may stand in another order. What is equal to nothing but itself is compared as
    // it is shown; numbers, texts and flags that differ are shown differently.
    private static bool IsShownAlike(object old, object now, JsonTypeInfo form) =>
        old is not (string or bool or long or int)
        && JsonElement.DeepEquals(JsonSerializer.SerializeToElement(old, form), JsonSerializer.SerializeToElement(now, form));
}
