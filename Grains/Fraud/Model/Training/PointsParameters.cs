namespace Grains.Fraud.Model.Training;

/// <summary>Where the points go through: <see cref="RuleSet.DefaultReviewAt"/> and <see cref="RuleSet.DefaultDeclineAt"/>.</summary>
/// <param name="ReviewAtPpm">The probability of 50 points.</param>
/// <param name="DeclineAtPpm">The probability of 90 points.</param>
public sealed record PointsParameters(int ReviewAtPpm = 200_000, int DeclineAtPpm = 950_000)
{
    /// <summary>The line through both, as thresholds for payments that are decided on.</summary>
    /// <exception cref="ArgumentException">A probability is out of range, or declining does not come after reviewing.</exception>
    public PointsScale Scale()
    {
        if (ReviewAtPpm is < 1 or > Calibration.MaxPpm || DeclineAtPpm is < 1 or > Calibration.MaxPpm || ReviewAtPpm >= DeclineAtPpm)
            throw new ArgumentException($"Review at {ReviewAtPpm} ppm and decline at {DeclineAtPpm} ppm: both are 1 to {Calibration.MaxPpm}, and declining comes after.");
        var (review, decline) = (LogitOf(ReviewAtPpm), LogitOf(DeclineAtPpm));
        var perPoint = (decline - review) / (RuleSet.DefaultDeclineAt - RuleSet.DefaultReviewAt);
        var steps = new int[PointsScale.MaxPoints];
        for (var step = 0; step < steps.Length; step++)
        {
            var logit = review + (step + 1 - RuleSet.DefaultReviewAt) * perPoint;
            // The two stated places are met whole, whatever the rounding.
            steps[step] = (step + 1) switch
            {
                RuleSet.DefaultReviewAt => ReviewAtPpm,
                RuleSet.DefaultDeclineAt => DeclineAtPpm,
                _ => (int)Math.Ceiling(1_000_000 / (1 + Math.Exp(-logit))),
            };
        }

        return new PointsScale(steps);
    }

    private static double LogitOf(int ppm) => Math.Log(ppm / (1_000_000.0 - ppm));
}
