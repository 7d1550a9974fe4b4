namespace Grains.Fraud.Model.Training;

/// <summary>How trees are grown. Out of the box: what served best on rows that no training saw, see <c>docs/fraud-model.md</c>.</summary>
public sealed record BoostingParameters
{
    public const int MaxRounds = 5_000;
    public const int MaxLeavesLimit = 255;
    public const int MaxBins = 254;

    /// <summary>At most so many trees; early stopping mostly takes fewer.</summary>
    public int Rounds { get; init; } = 300;

    /// <summary>How much of each tree's step is taken: above 0, up to 1.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Of a tree, 2 to 255; the leaf that gains most is split first.</summary>
    public int MaxLeaves { get; init; } = 12;

    public int MaxDepth { get; init; } = 8;

    /// <summary>Rows that each side of a split has at least.</summary>
    public int MinLeafRows { get; init; } = 20;

    /// <summary>Sum of p(1 − p) that each side of a split has at least.</summary>
    public double MinLeafWeight { get; init; } = 0.1;

    /// <summary>L2 penalty on leaf values.</summary>
    public double L2 { get; init; } = 1;

    /// <summary>Share of the rows that a tree sees, drawn without replacement: above 0, up to 1.</summary>
    public double RowShare { get; init; } = 0.8;

    /// <summary>Share of the columns that a tree sees: above 0, up to 1.</summary>
    public double ColumnShare { get; init; } = 0.7;

    /// <summary>Early stopping: so many trees without a higher average precision on the later slice end the training.</summary>
    public int Patience { get; init; } = 50;

    public int Seed { get; init; } = 1;

    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
    public void Validate()
    {
        Within(Rounds, 1, MaxRounds, nameof(Rounds));
        Within(MaxLeaves, 2, MaxLeavesLimit, nameof(MaxLeaves));
        Within(MaxDepth, 1, MaxLeavesLimit, nameof(MaxDepth));
        Within(MinLeafRows, 1, int.MaxValue, nameof(MinLeafRows));
        Within(Patience, 1, MaxRounds, nameof(Patience));
        Share(LearningRate, nameof(LearningRate));
        Share(RowShare, nameof(RowShare));
        Share(ColumnShare, nameof(ColumnShare));
        if (!(MinLeafWeight >= 0) || !(L2 >= 0))
            throw new ArgumentOutOfRangeException(nameof(L2), "MinLeafWeight and L2 are 0 or more.");
    }

    private static void Within(int value, int least, int most, string name)
    {
        if (value < least || value > most)
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {least} to {most}.");
    }

    private static void Share(double value, string name)
    {
        if (value is not (> 0 and <= 1))
            throw new ArgumentOutOfRangeException(name, value, $"{name} is above 0, up to 1.");
    }
}
