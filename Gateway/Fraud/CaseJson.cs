using System.Text.Json;
using Gateway.Wire;
using Grains.Interfaces.Fraud;

namespace Gateway.Fraud;

/// <summary>A case as JSON: as it is stored.</summary>
internal static class CaseJson
{
    public static void Write(Utf8JsonWriter json, FraudCase state) => JsonSerializer.Serialize(json, state, FraudJson.Default.FraudCase);

    public static void WriteTime(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is { } at)
            json.WriteTime(name, at);
        else
            json.WriteNull(name);
    }
}
