namespace Grains.Fraud.Features;

/// <summary>Amounts that lie just under a reporting threshold: 80 % up to under 100 % of 10,000 major units.</summary>
public static class NearThreshold
{
    public const long FirstMajorUnits = 8_000;
    public const long ThresholdMajorUnits = 10_000;

    /// <param name="major">Minor units of one major unit; 0 holds nothing.</param>
    public static bool Holds(long amount, long major) => amount >= FirstMajorUnits * major && amount < ThresholdMajorUnits * major;
}
