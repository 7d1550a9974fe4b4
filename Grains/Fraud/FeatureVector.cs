using Grains.Interfaces.Fraud;

namespace Grains.Fraud;

/// <summary>The features of one payment.</summary>
public sealed class FeatureVector
{
    /// <summary>Stands for a value that is not known.</summary>
    public const long Missing = long.MinValue;

    public static readonly int Count = Enum.GetValues<Feature>().Length;

    private readonly long[] values = new long[Count];

    public FeatureVector() => Clear();

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

    public ReadOnlySpan<long> Values => values;

    /// <summary>Every feature is missing again.</summary>
    public void Clear() => Array.Fill(values, Missing);

    /// <summary>Not a copy: whoever takes it changes no feature any more.</summary>
    public IReadOnlyList<long> AsList() => values;
}
