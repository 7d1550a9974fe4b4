using System.Diagnostics;

namespace Grains.Fraud.Features;

/// <summary>
/// The newest amounts, at most 64, in order of size: their median, and how far they usually lie from it. In whole numbers throughout:
/// a median of an even count is a half, so it is kept doubled; the deviation from it is kept fourfold.
/// </summary>
internal sealed class AmountSpread
{
    public const int MaxAmounts = 64;

    /// <summary>Under this many there is no usual amount.</summary>
    public const int Enough = 5;

    // 1.4826 makes the median absolute deviation of a normal distribution its standard deviation.
    private const long NormalFactor = 14_826;
    private const long NormalFactorScale = 10_000;
    private const long Milli = 1_000;

    private long[] sorted = [];
    private long medianTwice;
    private long deviationFourfold;
    private bool isMeasured;

    public int Count { get; private set; }

    /// <summary>Rounded down.</summary>
    public long Median
    {
        get
        {
            Debug.Assert(Count > 0, "There is an amount.");
            return (sorted[(Count - 1) / 2] + sorted[Count / 2]) / 2;
        }
    }

    public void Clear()
    {
        Count = 0;
        isMeasured = false;
    }

    public void Add(long amount)
    {
        Debug.Assert(Count < MaxAmounts, "It is bounded.");
        if (Count == sorted.Length)
            Array.Resize(ref sorted, Math.Min(MaxAmounts, Math.Max(8, 2 * Count)));
        var found = Array.BinarySearch(sorted, 0, Count, amount);
        var index = found < 0 ? ~found : found;
        Array.Copy(sorted, index, sorted, index + 1, Count - index);
        sorted[index] = amount;
        Count++;
        isMeasured = false;
    }

    public void Remove(long amount)
    {
        var index = Array.BinarySearch(sorted, 0, Count, amount);
        Debug.Assert(index >= 0, "It was added.");
        Array.Copy(sorted, index + 1, sorted, index, Count - index - 1);
        Count--;
        isMeasured = false;
    }

    /// <summary>
    /// (amount − median) / (1.4826 × median absolute deviation), in thousandths, towards zero. Where over half of the amounts are the
    /// same, a hundredth of the median, and at least one minor unit, stands for their deviation.
    /// </summary>
    public long RobustZMilli(long amount)
    {
        Debug.Assert(Count >= Enough, "There is a usual amount.");
        if (!isMeasured)
            Measure();
        return (long)((Int128)((2 * amount) - medianTwice) * (2 * Milli * NormalFactorScale) / ((Int128)NormalFactor * deviationFourfold));
    }

    private void Measure()
    {
        medianTwice = sorted[(Count - 1) / 2] + sorted[Count / 2];
        // The distances from the median rise to both sides of it: walk outwards, the nearer first.
        var (right, lower, upper) = (Count / 2, 0L, 0L);
        var left = right - 1;
        for (var rank = 0; rank <= Count / 2; rank++)
        {
            var toLeft = left >= 0 ? medianTwice - (2 * sorted[left]) : long.MaxValue;
            var toRight = right < Count ? (2 * sorted[right]) - medianTwice : long.MaxValue;
            (lower, upper) = (upper, Math.Min(toLeft, toRight));
            if (toLeft <= toRight)
                left--;
            else
                right++;
        }

        deviationFourfold = Count % 2 == 0 ? lower + upper : 2 * upper;
        if (deviationFourfold == 0)
            deviationFourfold = Math.Max(4, medianTwice / 50);
        isMeasured = true;
    }
}
