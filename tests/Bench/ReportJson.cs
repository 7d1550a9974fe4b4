using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bench;

/// <summary>The run as JSON: the machine, every figure, every ratio.</summary>
internal sealed record ReportJson(Machine Machine, IReadOnlyList<FigureJson> Figures, IReadOnlyDictionary<string, RatioJson> Ratios, IReadOnlyList<string> Skipped)
{
    public static ReportJson Of(Machine machine, Results results)
    {
        var all = results.Figures.Concat(results.Figures.Select(static figure => figure.Cpu).OfType<Figure>());
        return new ReportJson(
            machine,
            [.. all.Select(static figure => new FigureJson(figure.Name, figure.Unit, figure.Min, figure.Median, figure.Max, figure.Values.Count, figure.Values))],
            results.Ratios.ToDictionary(
                static ratio => ratio.Asked.Name,
                static ratio => new RatioJson(ratio.Measured.Min, ratio.Measured.Median, ratio.Measured.Max, ratio.Asked.Numerator, ratio.Asked.Denominator, ratio.Asked.AtLeast, ratio.Asked.Goal, ratio.Asked.IsCost)),
            results.Skipped);
    }

    public string ToText() => JsonSerializer.Serialize(this, ReportJsonContext.Default.ReportJson) + "\n";
}

internal sealed record FigureJson(string Name, string Unit, double Min, double Median, double Max, int Rounds, IReadOnlyList<double> Values);

internal sealed record RatioJson(double Min, double Median, double Max, string Numerator, string Denominator, double AtLeast, double Goal, bool IsCost);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReportJson))]
internal sealed partial class ReportJsonContext : JsonSerializerContext;
