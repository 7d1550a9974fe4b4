using System.Globalization;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.RuleBook;

/// <summary>What may stand in a version: its parameters within what the rule's code takes, its conditions such that they can hold.</summary>
internal static class RuleValidation
{
    /// <summary>The parameters of a draft: what it gives, over those of the version that it begins from.</summary>
    public static IReadOnlyList<ParameterValue> Merge(IFraudRule rule, IReadOnlyList<ParameterValue> from, IReadOnlyList<ParameterValue> given)
    {
        var values = RuleSets.Values(rule, from);
        for (var i = 0; i < values.Length; i++)
            values[i] = given.FirstOrDefault(value => value.Name == rule.Parameters[i].Name)?.Value ?? values[i];
        return RuleSets.Named(rule, values);
    }

    /// <summary>What a draft may not say.</summary>
    public static List<RefusedField> OfParameters(IFraudRule rule, IReadOnlyList<ParameterValue> parameters)
    {
        var errors = new List<RefusedField>();
        foreach (var (name, value) in parameters)
            if (rule.Parameters.FirstOrDefault(parameter => parameter.Name == name) is not { } known)
                errors.Add(new RefusedField("parameters." + name, $"is not a parameter of this rule; those are {string.Join(", ", rule.Parameters.Select(static parameter => parameter.Name))}."));
            else if (value < known.Min || value > known.Max)
                errors.Add(new RefusedField("parameters." + name, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {known.Min} to {known.Max} ({known.Unit}).")));
        return errors;
    }

    /// <summary>Conditions that can never hold together, by the last of those that contradict each other.</summary>
    public static List<RefusedField> OfConditions(IReadOnlyList<RuleCondition> conditions)
    {
        var (errors, bounds) = (new List<RefusedField>(), new Dictionary<Feature, (Int128 Low, Int128 High)>());
        for (var i = 0; i < conditions.Count; i++)
        {
            var condition = conditions[i];
            var (low, high) = bounds.GetValueOrDefault(condition.Feature, (Int128.MinValue, Int128.MaxValue));
            var (from, to) = Range(condition);
            bounds[condition.Feature] = (low, high) = (Int128.Max(low, from), Int128.Min(high, to));
            if (low > high)
                errors.Add(new RefusedField(string.Create(CultureInfo.InvariantCulture, $"conditions[{i}]"), $"can never hold together with the others of {condition.Feature.Name()}."));
        }

        return errors;
    }

    private static (Int128 From, Int128 To) Range(RuleCondition condition) => condition.Operator switch
    {
        ConditionOperator.Less => (Int128.MinValue, (Int128)condition.Value - 1),
        ConditionOperator.AtMost => (Int128.MinValue, condition.Value),
        ConditionOperator.Equal => (condition.Value, condition.Value),
        ConditionOperator.AtLeast => (condition.Value, Int128.MaxValue),
        ConditionOperator.Greater => ((Int128)condition.Value + 1, Int128.MaxValue),
    };
}
