using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Grains.Checkout;

/// <summary>What an update changed, as it was before: the <c>previous_attributes</c> of its event.</summary>
internal static class Previous
{
    public static JsonObject Of<T>(T before, T after, JsonTypeInfo<T> form)
    {
        var (old, now) = (JsonSerializer.SerializeToNode(before, form)!.AsObject(), JsonSerializer.SerializeToNode(after, form)!.AsObject());
        var previous = new JsonObject();
        foreach (var name in old.Select(static pair => pair.Key).Union(now.Select(static pair => pair.Key)).ToList())
            if (!JsonNode.DeepEquals(old[name], now[name]))
                previous[name] = old[name]?.DeepClone();
        return previous;
    }
}
