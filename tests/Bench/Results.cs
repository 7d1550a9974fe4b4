namespace Bench;

/// <summary>What was measured, and what was not and why.</summary>
/// <param name="asked">The ratios that the run is to take.</param>
internal sealed class Results(IReadOnlyList<Ratio> asked)
{
    public List<Figure> Figures { get; } = [];

    public List<(Ratio Asked, Figure Measured)> Ratios { get; } = [];

    public List<string> Skipped { get; } = [];

    /// <summary>
    /// Adds what was measured in turn, round by round, and takes the ratios between them. What was measured with others before has
    /// the values of all rounds then; its ratios have those that were taken in turn.
    /// </summary>
    public void Add(IReadOnlyList<Figure> measured)
    {
        foreach (var ratio in asked)
            if (Named(measured, ratio.Numerator) is { } numerator && Named(measured, ratio.Denominator) is { } denominator)
                Ratios.Add((ratio, ratio.Of(numerator, denominator)));
        foreach (var figure in measured)
        {
            if (Find(figure.Name) is { } known)
                known.Add(figure);
            else
                Figures.Add(figure);
        }
    }

    public Figure? Find(string name) => Named(Figures, name);

    private static Figure? Named(IReadOnlyList<Figure> figures, string name) => figures.FirstOrDefault(figure => figure.Name == name);
}
