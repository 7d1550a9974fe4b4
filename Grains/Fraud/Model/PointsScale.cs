namespace Grains.Fraud.Model;

/// <summary>
/// What a probability adds to the score: 0 to 100 points, a straight line over the logit through two places that are stated: the
/// probability at which the model alone has a payment reviewed, and the one at which it alone has it declined. In between and beyond
/// the line goes on, so that equal odds are worth equal points.
/// </summary>
public sealed class PointsScale
{
    public const int MaxPoints = 100;

    private readonly int[] fromPpm;

    /// <param name="fromPpm">The least probability of 1 point, of 2 points, … of 100, never falling; 1,000,000 where it is never reached.</param>
    /// <exception cref="ArgumentException">There are not a hundred, or they fall.</exception>
    public PointsScale(int[] fromPpm)
    {
        if (fromPpm.Length != MaxPoints)
            throw new ArgumentException($"There are {fromPpm.Length} steps, not {MaxPoints}.", nameof(fromPpm));
        for (var step = 0; step < MaxPoints; step++)
        {
            if (fromPpm[step] is < 0 or > 1_000_000 || step > 0 && fromPpm[step] < fromPpm[step - 1])
                throw new ArgumentException($"Step {step + 1} is out of order or of range.", nameof(fromPpm));
        }

        this.fromPpm = fromPpm;
    }

    public ReadOnlySpan<int> FromPpm => fromPpm;

    public int PointsOf(int ppm)
    {
        var (low, high) = (0, MaxPoints);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (fromPpm[middle] <= ppm)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
