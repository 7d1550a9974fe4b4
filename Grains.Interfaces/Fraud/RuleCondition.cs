namespace Grains.Interfaces.Fraud;

/// <summary>How a feature is held against a condition's value. The word is stored: never change one.</summary>
public enum ConditionOperator : byte
{
    Less = 1,
    AtMost = 2,
    Equal = 3,
    AtLeast = 4,
    Greater = 5,
}

/// <summary>What must hold for a rule to speak at all. A feature that is missing holds nothing.</summary>
/// <param name="Value">In the feature's own unit.</param>
public sealed record RuleCondition(Feature Feature, ConditionOperator Operator, long Value)
{
    /// <summary>The most conditions of a version.</summary>
    public const int Max = 16;

    public bool Holds(long value) => Operator switch
    {
        ConditionOperator.Less => value < Value,
        ConditionOperator.AtMost => value <= Value,
        ConditionOperator.Equal => value == Value,
        ConditionOperator.AtLeast => value >= Value,
        ConditionOperator.Greater => value > Value,
    };
}

/// <summary>Operators as analysts write them.</summary>
public static class ConditionSigns
{
    private static readonly (ConditionOperator Operator, string Sign)[] Signs =
        [(ConditionOperator.Less, "<"), (ConditionOperator.AtMost, "<="), (ConditionOperator.Equal, "="), (ConditionOperator.AtLeast, ">="), (ConditionOperator.Greater, ">")];

    public static string Sign(this ConditionOperator condition) => Signs.First(sign => sign.Operator == condition).Sign;

    public static bool TryParse(string sign, out ConditionOperator condition)
    {
        condition = Signs.FirstOrDefault(known => known.Sign == sign).Operator;
        return condition != 0;
    }
}
