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
    /// <exception cref="FormatException">It names none.</exception>
    public static RiskEntityKey Parse(string text)
    {
        foreach (var kind in Enum.GetValues<RiskEntityKind>())
            if (text.StartsWith(kind.Word() + ":", StringComparison.Ordinal))
                return new RiskEntityKey(kind, long.Parse(text.AsSpan(kind.Word().Length + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        throw new FormatException($"'{text}' names no address and no device.");
    }

    /// <summary><c>device:</c> and 16 hexadecimal digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{FraudWords.Word(Kind)}:{Hash:x16}");
}
