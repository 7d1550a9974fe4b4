using System.Text.Json.Nodes;

namespace Cluster.Tests.Recorded;

/// <summary>One message of a release.</summary>
/// <param name="Name">Actor, method, asked or answered, and which of several.</param>
/// <param name="Said">What it says, for readers and for comparing.</param>
/// <param name="Bytes">As it stands in a message of Orleans.</param>
internal sealed record Payload(string Name, JsonNode? Said, byte[] Bytes)
{
    /// <summary>Where a later reading lacks something that was said, or has it otherwise; null where all of it is there. It may have more.</summary>
    public static string? Difference(JsonNode? said, JsonNode? read, string place = "$")
    {
        switch (said, read)
        {
            case (null, null):
                return null;
            case (JsonObject before, JsonObject after):
                return before.Select(pair => Difference(pair.Value, after[pair.Key], $"{place}.{pair.Key}")).FirstOrDefault(static found => found is not null);
            case (JsonArray before, JsonArray after) when before.Count == after.Count:
                return before.Select((one, index) => Difference(one, after[index], $"{place}[{index}]")).FirstOrDefault(static found => found is not null);
            default:
                return JsonNode.DeepEquals(said, read) ? null : $"{place}: {said?.ToJsonString() ?? "null"} was said, {read?.ToJsonString() ?? "null"} is read";
        }
    }
}
