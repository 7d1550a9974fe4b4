namespace Bench;

/// <summary>What was measured, and what was not and why.</summary>
internal sealed class Results
{
    public List<Figure> Figures { get; } = [];

    public List<(Ratio Asked, Figure Measured)> Ratios { get; } = [];

    public List<string> Skipped { get; } = [];

    public Figure? Find(string name) => Figures.Find(figure => figure.Name == name);
}
