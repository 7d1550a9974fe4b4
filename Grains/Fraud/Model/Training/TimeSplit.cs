namespace Grains.Fraud.Model.Training;

/// <summary>
/// Which rows a training may look at, by time alone. What was known at the cut trains; what was decided from the cut on is unseen. A
/// row before the cut that is younger than the label delay, or whose label came later still, waits: at the cut nobody knew what it
/// was, so it is neither fraud nor good, and takes no part. (Its payment is in the features of later rows: history was known.)
/// </summary>
public sealed class TimeSplit
{
    private TimeSplit(long cutMs, long labelDelayMs, int[] known, int[] waiting, int[] unseen)
    {
        (CutMs, LabelDelayMs, Known, Waiting, Unseen) = (cutMs, labelDelayMs, known, waiting, unseen);
    }

    /// <summary>When the training takes place, as it were: Unix milliseconds.</summary>
    public long CutMs { get; }

    public long LabelDelayMs { get; }

    /// <summary>Rows whose label was known at the cut, in the order of time.</summary>
    public int[] Known { get; }

    public int[] Waiting { get; }

    /// <summary>Rows from the cut on.</summary>
    public int[] Unseen { get; }

    /// <param name="labelDelayMs">How old a payment must be for its label to be known; 0 or more.</param>
    public static TimeSplit At(TrainingTable table, long cutMs, long labelDelayMs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(labelDelayMs);
        List<int> known = [], waiting = [], unseen = [];
        for (var row = 0; row < table.Rows; row++)
        {
            if (table.TimeMs(row) >= cutMs)
                unseen.Add(row);
            else if (table.TimeMs(row) <= cutMs - labelDelayMs && table.LabelKnownMs(row) <= cutMs)
                known.Add(row);
            else
                waiting.Add(row);
        }

        return new TimeSplit(cutMs, labelDelayMs, [.. known], [.. waiting], [.. unseen]);
    }

    /// <summary>Cuts so that the last rows, as many as the share says, are unseen.</summary>
    /// <param name="unseenShare">Above 0, under 1.</param>
    public static TimeSplit ByShare(TrainingTable table, double unseenShare, long labelDelayMs)
    {
        if (unseenShare is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(unseenShare), unseenShare, "The unseen share is above 0 and under 1.");
        if (table.Rows == 0)
            throw new ArgumentException("The table has no rows.", nameof(table));
        var first = Math.Clamp((int)Math.Floor(table.Rows * (1 - unseenShare)), 0, table.Rows - 1);
        return At(table, table.TimeMs(first), labelDelayMs);
    }
}
