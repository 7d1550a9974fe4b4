namespace Grains.Fraud.Model.Training;

/// <summary>
/// The rows that trees are grown on, each value as the number of its bin: at most 254 bins a feature, cut at quantiles of these rows,
/// and one more for what is missing. A split between two bins becomes a threshold on the value itself.
/// </summary>
internal sealed class FeatureBins
{
    /// <summary>The bin of a missing value.</summary>
    public const byte Missing = BoostingParameters.MaxBins;

    /// <summary>Bins a feature has at most, that for missing values counted.</summary>
    public const int Width = BoostingParameters.MaxBins + 1;

    private readonly long[][] upper;
    private readonly byte[] codes;

    public FeatureBins(TrainingTable table, ReadOnlySpan<int> rows)
    {
        Columns = table.Columns.Count;
        Rows = rows.Length;
        upper = new long[Columns][];
        codes = new byte[Rows * Columns];
        var column = new long[Rows];
        for (var feature = 0; feature < Columns; feature++)
        {
            for (var row = 0; row < Rows; row++)
                column[row] = table.Row(rows[row])[feature];
            upper[feature] = Cut(column);
            for (var row = 0; row < Rows; row++)
                codes[row * Columns + feature] = Code(upper[feature], column[row]);
        }
    }

    public int Columns { get; }

    public int Rows { get; }

    /// <summary>Bins of known values.</summary>
    public int Count(int feature) => upper[feature].Length;

    /// <summary>What a value is at most for it to lie in this bin or a lower one.</summary>
    public long Threshold(int feature, int bin) => upper[feature][bin];

    /// <summary>A row's bins, by feature.</summary>
    public ReadOnlySpan<byte> Row(int row) => codes.AsSpan(row * Columns, Columns);

    // The bounds lie half-way between two values that were seen, so that a value between them goes to the nearer one.
    private static long[] Cut(long[] column)
    {
        var sorted = column.Where(static value => value != FeatureVector.Missing).ToArray();
        if (sorted.Length == 0)
            return [];
        Array.Sort(sorted);
        var distinct = 1;
        for (var place = 1; place < sorted.Length; place++)
            distinct += sorted[place] != sorted[place - 1] ? 1 : 0;
        var bounds = new List<long>();
        var perBin = distinct <= BoostingParameters.MaxBins ? 0 : (double)sorted.Length / BoostingParameters.MaxBins;
        for (var place = 1; place < sorted.Length; place++)
        {
            if (sorted[place] != sorted[place - 1] && place >= perBin * (bounds.Count + 1))
                bounds.Add((long)(((Int128)sorted[place - 1] + sorted[place]) >> 1));
        }

        bounds.Add(long.MaxValue);
        return [.. bounds];
    }

    private static byte Code(long[] upper, long value)
    {
        if (value == FeatureVector.Missing)
            return Missing;
        var found = Array.BinarySearch(upper, value);
        return (byte)(found >= 0 ? found : ~found);
    }
}
