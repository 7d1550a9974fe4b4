namespace Bench;

/// <summary>Values of one thing, one a round.</summary>
internal sealed record Figure(string Name, string Title, string Unit)
{
    public List<double> Values { get; } = [];

    public double Min => Values.Min();

    public double Max => Values.Max();

    public double Median
    {
        get
        {
            var sorted = Values.Order().ToArray();
            var middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    /// <summary>CPU time a payment; none where it has no meaning.</summary>
    public Figure? Cpu { get; init; }

    /// <summary>Takes over the values of more rounds.</summary>
    public void Add(Figure more)
    {
        Values.AddRange(more.Values);
        if (more.Cpu is not null)
            Cpu?.Add(more.Cpu);
    }
}

/// <summary>How two figures compare, round by round, and what is asked of it.</summary>
internal sealed record Ratio(string Name, string Numerator, string Denominator, double AtLeast, double Goal)
{
    /// <summary>Whether less is better: then <see cref="AtLeast"/> is the most that is allowed.</summary>
    public bool IsCost { get; init; }

    public bool IsEnough(double value) => IsCost ? value <= AtLeast : value >= AtLeast;

    public bool IsGoal(double value) => IsCost ? value <= Goal : value >= Goal;

    /// <summary>The ratio of each round.</summary>
    public Figure Of(Figure numerator, Figure denominator)
    {
        var ratio = new Figure(Name, Name, "ratio");
        ratio.Values.AddRange(numerator.Values.Zip(denominator.Values, static (over, under) => over / under));
        return ratio;
    }
}
