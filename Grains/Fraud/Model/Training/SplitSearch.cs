namespace Grains.Fraud.Model.Training;

/// <summary>The rows of a node that fall in one bin: sums of the loss's first and second derivative, and how many.</summary>
internal struct Bin
{
    public double Gradient;
    public double Hessian;
    public int Rows;

    public void Add(in Bin other)
    {
        Gradient += other.Gradient;
        Hessian += other.Hessian;
        Rows += other.Rows;
    }

    public void Remove(in Bin other)
    {
        Gradient -= other.Gradient;
        Hessian -= other.Hessian;
        Rows -= other.Rows;
    }
}

/// <summary>Where a node is best split.</summary>
/// <param name="Bin">The last one that goes left.</param>
internal readonly record struct Split(double Gain, int Feature, int Bin, bool IsMissingLeft);

/// <summary>Looks for the split that lowers the loss most (Chen and Guestrin, XGBoost, 2016, equation 7). Missing values try both sides.</summary>
internal sealed class SplitSearch(FeatureBins bins, BoostingParameters parameters)
{
    /// <summary>Null where no split is allowed or gains anything. Of two that gain the same, the first feature's, the lowest bin's.</summary>
    public Split? Best(ReadOnlySpan<Bin> histogram, in Bin all, ReadOnlySpan<int> features)
    {
        Split? best = null;
        foreach (var feature in features)
            Look(histogram.Slice(feature * FeatureBins.Width, FeatureBins.Width), in all, feature, ref best);
        return best;
    }

    private void Look(ReadOnlySpan<Bin> histogram, in Bin all, int feature, ref Split? best)
    {
        var missing = histogram[FeatureBins.Missing];
        var left = default(Bin);
        var last = bins.Count(feature) - 1;
        for (var bin = 0; bin <= last; bin++)
        {
            if (histogram[bin].Rows == 0 && bin < last)
                continue;
            left.Add(in histogram[bin]);
            if (missing.Rows == 0)
            {
                // Nothing is known of missing values here: they go with the many.
                Try(in left, in all, feature, bin, left.Rows * 2L >= all.Rows, ref best);
                continue;
            }

            Try(in left, in all, feature, bin, false, ref best);
            var with = left;
            with.Add(in missing);
            Try(in with, in all, feature, bin, true, ref best);
        }
    }

    private void Try(in Bin left, in Bin all, int feature, int bin, bool isMissingLeft, ref Split? best)
    {
        var right = all;
        right.Remove(in left);
        if (left.Rows < parameters.MinLeafRows || right.Rows < parameters.MinLeafRows || left.Hessian < parameters.MinLeafWeight || right.Hessian < parameters.MinLeafWeight)
            return;
        var gain = Strength(in left) + Strength(in right) - Strength(in all);
        if (gain > 1e-9 && (best is not { } found || gain > found.Gain))
            best = new Split(gain, feature, bin, isMissingLeft);
    }

    private double Strength(in Bin bin) => bin.Gradient * bin.Gradient / (bin.Hessian + parameters.L2);
}
