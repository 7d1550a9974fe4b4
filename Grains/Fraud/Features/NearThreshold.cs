using Grains.Interfaces.Values;

namespace Grains.Fraud.Features;

/// <summary>Amounts that lie just under a reporting threshold: 80 % up to under 100 % of 10,000 major units.</summary>
public static class NearThreshold
{
    public const long FirstMajorUnits = 8_000;
    public const long ThresholdMajorUnits = 10_000;

    /// <summary>Minor units of one major unit.</summary>
    public static long Major(Currency currency) => currency.MinorDigits switch
    {
        0 => 1,
        1 => 10,
        2 => 100,
        3 => 1_000,
        4 => 10_000,
        _ => throw new InvalidOperationException("A currency has at most four minor digits."),
    };

    /// <param name="major">Minor units of one major unit; 0 holds nothing.</param>
    public static bool Holds(long amount, long major) => amount >= FirstMajorUnits * major && amount < ThresholdMajorUnits * major;
}
