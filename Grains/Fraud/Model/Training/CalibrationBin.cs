namespace Grains.Fraud.Model.Training;

/// <summary>Payments whose probability lies in one range: what was said, and what came.</summary>
/// <param name="FromPpm">Included.</param>
/// <param name="ToPpm">Not included.</param>
/// <param name="Said">The average of the probabilities.</param>
/// <param name="Came">The share of fraud.</param>
public sealed record CalibrationBin(int FromPpm, int ToPpm, int Payments, int Frauds, double Said, double Came)
{
    // Narrow where most payments are.
    private static readonly int[] Bounds = [0, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 500_000, 700_000, 900_000, 1_000_000];

    /// <summary>The ranges that have payments, from the lowest.</summary>
    public static IReadOnlyList<CalibrationBin> Of(ReadOnlySpan<int> ppm, ReadOnlySpan<bool> isFraud)
    {
        var bins = new List<CalibrationBin>();
        for (var bound = 1; bound < Bounds.Length; bound++)
        {
            var (payments, frauds, sum) = (0, 0, 0L);
            for (var row = 0; row < ppm.Length; row++)
            {
                if (ppm[row] < Bounds[bound - 1] || ppm[row] >= Bounds[bound])
                    continue;
                payments++;
                frauds += isFraud[row] ? 1 : 0;
                sum += ppm[row];
            }

            if (payments > 0)
                bins.Add(new CalibrationBin(Bounds[bound - 1], Bounds[bound], payments, frauds, sum / 1e6 / payments, (double)frauds / payments));
        }

        return bins;
    }
}
