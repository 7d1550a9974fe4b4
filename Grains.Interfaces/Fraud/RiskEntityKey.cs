using System.Globalization;

namespace Grains.Interfaces.Fraud;

/// <summary>What kind of thing payments come from.</summary>
public enum RiskEntityKind
{
    Address = 1,
    Device = 2,
}

/// <summary>Names a risk entity: its kind and a keyed hash, never what it is called.</summary>
public readonly record struct RiskEntityKey(RiskEntityKind Kind, long Hash)
{
    /// <summary><c>device:</c> and 16 hexadecimal digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{FraudWords.Word(Kind)}:{Hash:x16}");
}
