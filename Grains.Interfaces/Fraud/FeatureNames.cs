using System.Text.Json;

namespace Grains.Interfaces.Fraud;

/// <summary>What features are called outside: snake_case, <c>count1_hour</c>.</summary>
public static class FeatureNames
{
    private static readonly string[] Names = [.. Enum.GetNames<Feature>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    private static readonly Dictionary<string, Feature> ByName = Enum.GetValues<Feature>().ToDictionary(static feature => Names[(int)feature]);

    /// <summary>In the features' order.</summary>
    public static IReadOnlyList<string> All => Names;

    public static string Name(this Feature feature) => Names[(int)feature];

    public static bool TryParse(string name, out Feature feature) => ByName.TryGetValue(name, out feature);
}
