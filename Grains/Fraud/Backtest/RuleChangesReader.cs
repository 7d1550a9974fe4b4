using System.Text.Json;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Fraud.Backtest;

namespace Grains.Fraud.Backtest;

/// <summary>
/// Reads changes of rules as JSON, strictly: <c>{"reviewAt":40,"declineAt":90,"rules":[{"name":"impossible_travel","mode":"published",
/// "parameters":{"max_speed_kmh":900}}]}</c>. What is left out stays as it is.
/// </summary>
public sealed class RuleChangesReader
{
    /// <summary>One above the highest score: nothing comes to it.</summary>
    public const int Never = 101;

    private static readonly Dictionary<string, RuleMode> Modes =
        Enum.GetValues<RuleMode>().ToDictionary(static mode => mode.Word(), StringComparer.Ordinal);

    private readonly List<RulesError> errors = [];

    private RuleChangesReader()
    {
    }

    /// <returns>The changes; or null, and what is wrong with them.</returns>
    public static (RuleChanges? Changes, IReadOnlyList<RulesError> Errors) Read(JsonElement json)
    {
        var reader = new RuleChangesReader();
        var changes = reader.Changes(json);
        return reader.errors.Count == 0 ? (changes, []) : (null, reader.errors);
    }

    private RuleChanges Changes(JsonElement json)
    {
        var fields = Fields(json, "", "reviewAt", "declineAt", "rules");
        var rules = new List<RuleChange>();
        if (fields.TryGetValue("rules", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (var (place, element) in list.EnumerateArray().Index())
                Add(rules, element, $"rules[{place}]");
        }
        else if (fields.ContainsKey("rules"))
        {
            Refuse("rules", "must be a list.");
        }

        var (review, decline) = ((int?)Whole(fields, "reviewAt", "", 1, Never), (int?)Whole(fields, "declineAt", "", 1, Never));
        if (review > decline)
            Refuse("reviewAt", "must be at most declineAt.");
        return new RuleChanges(review, decline, rules);
    }

    private void Add(List<RuleChange> rules, JsonElement json, string path)
    {
        var fields = Fields(json, path, "name", "mode", "parameters");
        if (Text(fields, "name", path) is not { } name)
        {
            if (!fields.ContainsKey("name"))
                Refuse(path + ".name", "is required.");
            return;
        }

        if (FraudRules.All.FirstOrDefault(rule => rule.Name == name) is not { } known)
        {
            Refuse(path + ".name", $"must be one of {string.Join(", ", FraudRules.All.Select(static rule => rule.Name))}.");
            return;
        }

        if (rules.Exists(rule => rule.Rule == known))
            Refuse(path + ".name", "is given twice.");
        RuleMode? mode = null;
        if (Text(fields, "mode", path) is { } word)
        {
            if (Modes.TryGetValue(word, out var found))
                mode = found;
            else
                Refuse(path + ".mode", $"must be one of {string.Join(", ", Modes.Keys)}.");
        }

        rules.Add(new RuleChange(known, mode, fields.TryGetValue("parameters", out var parameters) ? Parameters(known, parameters, path + ".parameters") : []));
    }

    private List<(int, long)> Parameters(IFraudRule rule, JsonElement json, string path)
    {
        var fields = Fields(json, path, [.. rule.Parameters.Select(static parameter => parameter.Name)]);
        var values = new List<(int, long)>();
        foreach (var (place, parameter) in rule.Parameters.Index())
        {
            if (Whole(fields, parameter.Name, path, parameter.Min, parameter.Max) is { } value)
                values.Add((place, value));
        }

        return values;
    }

    private Dictionary<string, JsonElement> Fields(JsonElement json, string path, params string[] known)
    {
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (json.ValueKind != JsonValueKind.Object)
        {
            Refuse(path, "must be an object.");
            return fields;
        }

        foreach (var property in json.EnumerateObject())
        {
            var name = NameOf(property);
            if (!known.Contains(name))
                Refuse(Join(path, "?"), $"has a field that is none of {string.Join(", ", known)}.");
            else if (!fields.TryAdd(name, property.Value))
                Refuse(Join(path, name), "is given twice.");
        }

        return fields;
    }

    private string? Text(Dictionary<string, JsonElement> fields, string name, string path)
    {
        if (!fields.TryGetValue(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String && Unescaped(value) is { } text)
            return text;
        Refuse(Join(path, name), "must be a string of valid Unicode.");
        return null;
    }

    private long? Whole(Dictionary<string, JsonElement> fields, string name, string path, long min, long max)
    {
        if (!fields.TryGetValue(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max)
            return number;
        Refuse(Join(path, name), $"must be a whole number from {min} to {max}.");
        return null;
    }

    // Escapes may be no Unicode text (a lone surrogate); the framework throws then.
    private static string? Unescaped(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return "?";
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private void Refuse(string path, string message) => errors.Add(new RulesError(path.Length == 0 ? "rules" : path, message));
}
