using Grains.Interfaces.Fraud;

namespace Grains.Fraud;

/// <summary>The features of one payment.</summary>
public sealed class FeatureVector
{
    /// <summary>Stands for a value that is not known.</summary>
    public const long Missing = long.MinValue;

    public static readonly int Count = Enum.GetValues<Feature>().Length;

    private readonly long[] values = new long[Count];

    public FeatureVector() => Array.Fill(values, Missing);

    public FeatureVector(ReadOnlySpan<long> values)
    {
        // A decision of before the last features were added knows nothing of them.
        Array.Fill(this.values, Missing);
        values.CopyTo(this.values);
    }

    public long this[Feature feature]
    {
        get => values[(int)feature];
        set => values[(int)feature] = value;
    }

    public bool Has(Feature feature) => values[(int)feature] != Missing;

    /// <summary>By the feature's number.</summary>
    public ReadOnlySpan<long> Values => values;

    /// <summary>The same, for a decision to keep: it is not copied, so nothing is written here any more.</summary>
    public IReadOnlyList<long> List => values;
}
