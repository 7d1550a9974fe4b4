namespace Bench;

/// <summary>What was measured, and what was not and why.</summary>
internal sealed class Results
{
    public List<Figure> Figures { get; } = [];

    public List<(Ratio Asked, Figure Measured)> Ratios { get; } = [];

    public List<string> Skipped { get; } = [];

    /// <summary>The ratios of which both figures were measured.</summary>
    public void Compare(IEnumerable<Ratio> ratios)
    {
        foreach (var ratio in ratios)
            if (Find(ratio.Numerator) is { } numerator && Find(ratio.Denominator) is { } denominator)
                Ratios.Add((ratio, ratio.Of(numerator, denominator)));
    }

    public Figure? Find(string name) => Figures.Find(figure => figure.Name == name);
}
