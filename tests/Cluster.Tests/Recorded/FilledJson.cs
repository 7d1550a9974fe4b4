using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Cluster.Tests.Recorded;

/// <summary>JSON of a record with something in each of its properties, down to the leaves.</summary>
internal static class FilledJson
{
    public static JsonNode Of(Type type, string word = "w")
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var info = JsonSerializerOptions.Default.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => new JsonObject(info.Properties.Select(static property => KeyValuePair.Create(property.Name, (JsonNode?)Of(property.PropertyType, property.Name)))),
            JsonTypeInfoKind.Enumerable => new JsonArray(Of(info.ElementType!, word)),
            JsonTypeInfoKind.Dictionary => new JsonObject { [word] = Of(info.ElementType!, word) },
            _ when type == typeof(string) => word,
            _ when type == typeof(bool) => true,
            _ when type.IsEnum => JsonSerializer.SerializeToNode(Enum.GetValues(type).GetValue(0), type)!,
            _ when type == typeof(DateTimeOffset) => "2026-01-02T03:04:05+00:00",
            _ when type == typeof(int) || type == typeof(long) || type == typeof(decimal) => 12,
            _ => throw new InvalidOperationException($"{type} has no filled form: give it one here."),
        };
    }
}
