using System.Text.Json;
using System.Text.Json.Serialization;

namespace Grains.Interfaces.Fraud;

/// <summary>Fraud's own objects, as they are stored and as our surface shows them: camelCase, times in RFC 3339, words in snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [
    typeof(WordConverter<CaseStatus>), typeof(WordConverter<CaseResolution>), typeof(WordConverter<CaseLabel>), typeof(WordConverter<AlertState>), typeof(WordConverter<AlertSeverity>),
    typeof(WordConverter<RuleMode>), typeof(WordConverter<RuleAction>), typeof(WordConverter<ConditionOperator>), typeof(WordConverter<Feature>)])]
[JsonSerializable(typeof(FraudCase))]
[JsonSerializable(typeof(RuleVersion))]
[JsonSerializable(typeof(FraudRuleSet))]
[JsonSerializable(typeof(ListedEntry))]
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

/// <summary>An enum as its snake_case word.</summary>
public sealed class WordConverter<T>() : JsonStringEnumConverter<T>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
