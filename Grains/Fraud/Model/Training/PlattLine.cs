namespace Grains.Fraud.Model.Training;

/// <summary>
/// The calibrated logit is slope × raw logit + intercept (Platt, 1999). Two numbers, so that some tens of frauds suffice to find them;
/// an isotonic step function of so few would have a dozen flat steps, and payments that the trees tell apart would tie. It never
/// changes the order of payments.
/// </summary>
public sealed record PlattLine(double Slope, double Intercept)
{
    private const int MaxSteps = 100;
    private const double Exact = 1e-10;

    // σ(±13.8125) is 1 ppm from its end; with 16 knots a logit the line is at most 47 ppm from the curve, where that is steepest.
    private const int KnotsPerLogit = 16;
    private const int KnotsEachSide = 221;

    // Where frauds and good payments are told apart without an error, the steepest line would be best, without an end.
    private const double MaxSlope = 5;

    // Beyond it a probability is 0 or 1 to the last ppm.
    private const double MaxIntercept = 40;

    /// <summary>
    /// The line of the highest likelihood on rows that trained no tree, by Newton's steps with halving. Targets are Platt's: (n⁺ + 1) /
    /// (n⁺ + 2) and 1 / (n⁻ + 2) in place of 1 and 0. Where higher logits mean less fraud, the line is flat: the base rate for all.
    /// </summary>
    /// <param name="micrologits">Raw logits, at least one.</param>
    public static PlattLine Fit(ReadOnlySpan<long> micrologits, ReadOnlySpan<bool> isFraud)
    {
        ArgumentOutOfRangeException.ThrowIfZero(micrologits.Length);
        var positives = isFraud.Count(true);
        var (high, low) = ((positives + 1.0) / (positives + 2.0), 1.0 / (isFraud.Length - positives + 2.0));
        var x = new double[micrologits.Length];
        var targets = new double[x.Length];
        for (var row = 0; row < x.Length; row++)
            (x[row], targets[row]) = (micrologits[row] / BoostedTrees.MicrologitsPerLogit, isFraud[row] ? high : low);
        var mean = targets.Average();
        var flat = new PlattLine(0, Math.Log(mean / (1 - mean)));
        var line = new PlattLine(1, 0);
        for (var step = 0; step < MaxSteps; step++)
        {
            var next = line.Better(x, targets);
            if (next is null)
                break;
            line = next;
        }

        return line.Slope <= 0 ? flat : line.Slope <= MaxSlope ? line : Through(MaxSlope, x, targets);
    }

    // The best line of this slope: its intercept is another one than the steeper line's. The error falls steadily as the intercept rises,
    // so that halving finds where it is none.
    private static PlattLine Through(double slope, double[] x, double[] targets)
    {
        var (low, high) = (-slope * x.Max() - MaxIntercept, -slope * x.Min() + MaxIntercept);
        while (high - low > Exact)
        {
            var middle = (low + high) / 2;
            var error = 0.0;
            for (var row = 0; row < x.Length; row++)
                error += 1 / (1 + Math.Exp(-(slope * x[row] + middle))) - targets[row];
            (low, high) = error < 0 ? (middle, high) : (low, middle);
        }

        return new PlattLine(slope, (low + high) / 2);
    }

    /// <summary>The line as knots, for payments that are decided on.</summary>
    public Calibration Knots()
    {
        if (Slope <= 0)
            return new Calibration([0], [PpmAt(Intercept)]);
        var knots = new SortedDictionary<long, int>();
        for (var knot = -KnotsEachSide; knot <= KnotsEachSide; knot++)
        {
            var calibrated = (double)knot / KnotsPerLogit;
            knots[(long)Math.Round((calibrated - Intercept) / Slope * BoostedTrees.MicrologitsPerLogit)] = PpmAt(calibrated);
        }

        return new Calibration([.. knots.Keys], [.. knots.Values]);
    }

    private static int PpmAt(double logit) => Math.Clamp((int)Math.Round(1_000_000 / (1 + Math.Exp(-logit))), 1, Calibration.MaxPpm);

    /// <summary>Null where no step lowers the loss any more.</summary>
    private PlattLine? Better(double[] x, double[] targets)
    {
        var (gradientSlope, gradientIntercept, slopeSlope, slopeIntercept, interceptIntercept) = (0.0, 0.0, Exact, 0.0, Exact);
        for (var row = 0; row < x.Length; row++)
        {
            var probability = 1 / (1 + Math.Exp(-(Slope * x[row] + Intercept)));
            var (error, weight) = (probability - targets[row], probability * (1 - probability));
            gradientSlope += error * x[row];
            gradientIntercept += error;
            slopeSlope += weight * x[row] * x[row];
            slopeIntercept += weight * x[row];
            interceptIntercept += weight;
        }

        var determinant = slopeSlope * interceptIntercept - slopeIntercept * slopeIntercept;
        if (determinant <= 0)
            return null;
        var slope = (interceptIntercept * gradientSlope - slopeIntercept * gradientIntercept) / determinant;
        var intercept = (slopeSlope * gradientIntercept - slopeIntercept * gradientSlope) / determinant;
        var loss = Loss(x, targets);
        for (var part = 1.0; part > Exact; part /= 2)
        {
            var next = new PlattLine(Slope - part * slope, Intercept - part * intercept);
            if (next.Loss(x, targets) < loss - Exact)
                return next;
        }

        return null;
    }

    private double Loss(double[] x, double[] targets)
    {
        var loss = 0.0;
        for (var row = 0; row < x.Length; row++)
        {
            var logit = Slope * x[row] + Intercept;
            loss += Math.Max(logit, 0) - targets[row] * logit + Math.Log(1 + Math.Exp(-Math.Abs(logit)));
        }

        return loss;
    }
}
