using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Grains.Interfaces.Fraud.Backtest;

/// <summary>Backtests as our surface and the command line show them: camelCase, times in RFC 3339, words in snake_case.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(WordConverter<RiskOutcome>), typeof(WordConverter<RuleMode>), typeof(WordConverter<CaseLabel>), typeof(WordConverter<BacktestStatus>), typeof(TimeConverter)])]
[JsonSerializable(typeof(BacktestState))]
public sealed partial class BacktestJson : JsonSerializerContext;

/// <summary>A time with three decimals, in UTC.</summary>
public sealed class TimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}
