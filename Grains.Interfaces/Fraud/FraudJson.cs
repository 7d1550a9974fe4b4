using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Grains.Interfaces.Fraud;

/// <summary>Fraud's own objects, as they are stored and as our surface shows them: camelCase, times in RFC 3339, words in snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [
    typeof(MillisecondTime),
    typeof(WordConverter<CaseStatus>), typeof(WordConverter<CaseResolution>), typeof(WordConverter<CaseLabel>), typeof(WordConverter<AlertState>), typeof(WordConverter<AlertSeverity>),
    typeof(WordConverter<RuleMode>), typeof(WordConverter<RuleAction>), typeof(WordConverter<ListAction>), typeof(WordConverter<ConditionOperator>), typeof(WordConverter<Feature>)])]
[JsonSerializable(typeof(FraudCase))]
[JsonSerializable(typeof(RuleVersion))]
[JsonSerializable(typeof(FraudRuleSet))]
[JsonSerializable(typeof(ListedEntry))]
[JsonSerializable(typeof(ModelInForce))]
[JsonSerializable(typeof(FraudAlert))]
public sealed partial class FraudJson : JsonSerializerContext
{
    /// <summary>A case as its document holds it.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static FraudCase ReadCase(ReadOnlyMemory<byte> stored) => JsonSerializer.Deserialize(stored.Span, Default.FraudCase) ?? throw new InvalidDataException("A stored case is empty.");

    /// <summary>An alert as its document holds it.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static FraudAlert ReadAlert(ReadOnlyMemory<byte> stored) => JsonSerializer.Deserialize(stored.Span, Default.FraudAlert) ?? throw new InvalidDataException("A stored alert is empty.");
}

/// <summary>A time in RFC 3339, UTC, with three decimals; read with any.</summary>
public sealed class MillisecondTime : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}

/// <summary>An enum as its snake_case word.</summary>
public sealed class WordConverter<T>() : JsonStringEnumConverter<T>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
