using System.Globalization;
using System.Text.Json;
using Gateway.Wire;
using Grains.Interfaces.Fraud;

namespace Gateway.Fraud;

/// <summary>Reads what a draft says: parameters by name, and conditions over named features. Which parameters a rule has, its grain knows.</summary>
internal static class RuleContent
{
    /// <summary>More than any rule has.</summary>
    private const int MaxParameters = 50;

    public static IReadOnlyList<ParameterValue> Parameters(BodyObject body) => Readable(body, "parameters", ReadParameters) ?? [];

    /// <summary>Null where none are given, which leaves them as they are.</summary>
    public static IReadOnlyList<RuleCondition>? Conditions(BodyObject body) => Readable(body, "conditions", ReadConditions);

    // Escapes may be no Unicode text (a lone surrogate); the framework throws then.
    private static T? Readable<T>(BodyObject body, string field, Func<BodyObject, T?> read)
        where T : class
    {
        try
        {
            return read(body);
        }
        catch (InvalidOperationException)
        {
            body.Refuse(field, "has text that is not valid Unicode.");
            return null;
        }
    }

    private static IReadOnlyList<ParameterValue> ReadParameters(BodyObject body)
    {
        if (body.Element("parameters") is not { } given)
            return [];
        if (given.ValueKind != JsonValueKind.Object)
        {
            body.Refuse("parameters", "must be an object of whole numbers by name.");
            return [];
        }

        var parameters = new List<ParameterValue>();
        foreach (var each in given.EnumerateObject())
        {
            if (parameters.Count >= MaxParameters)
                body.Refuse("parameters", $"has more than {MaxParameters} members.");
            else if (parameters.Exists(known => known.Name == each.Name))
                body.Refuse("parameters." + each.Name, "is given twice.");
            else if (each.Value.ValueKind != JsonValueKind.Number || !each.Value.TryGetInt64(out var value))
                body.Refuse("parameters." + each.Name, "must be a whole number.");
            else
                parameters.Add(new ParameterValue(each.Name, value));
        }

        // In any order it is the same request.
        return [.. parameters.OrderBy(static parameter => parameter.Name, StringComparer.Ordinal)];
    }

    private static List<RuleCondition>? ReadConditions(BodyObject body)
    {
        if (body.Element("conditions") is not { } given)
            return null;
        if (given.ValueKind != JsonValueKind.Array || given.GetArrayLength() > RuleCondition.Max)
        {
            body.Refuse("conditions", $"must be an array of at most {RuleCondition.Max} conditions.");
            return null;
        }

        var conditions = new List<RuleCondition>();
        foreach (var each in given.EnumerateArray())
            Read(body, each, string.Create(CultureInfo.InvariantCulture, $"conditions[{conditions.Count}]"), conditions);
        return conditions;
    }

    private static void Read(BodyObject body, JsonElement given, string path, List<RuleCondition> conditions)
    {
        var (feature, condition, value) = (default(Feature?), default(ConditionOperator), default(long?));
        if (given.ValueKind == JsonValueKind.Object)
        {
            foreach (var each in given.EnumerateObject())
                switch (each.Name)
                {
                    case "feature" when feature is null && each.Value.ValueKind == JsonValueKind.String:
                        if (FeatureNames.TryParse(each.Value.GetString()!, out var named))
                            feature = named;
                        break;
                    case "op" when condition == 0 && each.Value.ValueKind == JsonValueKind.String:
                        if (!ConditionSigns.TryParse(each.Value.GetString()!, out condition))
                            condition = default;
                        break;
                    case "value" when value is null && each.Value.ValueKind == JsonValueKind.Number:
                        // The smallest number stands for a feature that is missing.
                        value = each.Value.TryGetInt64(out var number) && number > long.MinValue ? number : null;
                        break;
                    case "feature" or "op" or "value":
                        break;
                    default:
                        body.Refuse($"{path}.{each.Name}", "is not a field of a condition.");
                        break;
                }
        }
        else
        {
            body.Refuse(path, "must be an object of feature, op and value.");
        }

        // A place a condition, also where it is refused: the paths of the next ones go on.
        conditions.Add(new RuleCondition(feature ?? default, condition == 0 ? ConditionOperator.Equal : condition, value ?? 0));
        if (given.ValueKind != JsonValueKind.Object)
            return;
        if (feature is null)
            body.Refuse(path + ".feature", "must be the name of a feature, such as count1_hour.");
        if (condition == 0)
            body.Refuse(path + ".op", "must be one of <, <=, =, >=, >.");
        if (value is null)
            body.Refuse(path + ".value", "must be a whole number, in the feature's unit.");
    }
}
