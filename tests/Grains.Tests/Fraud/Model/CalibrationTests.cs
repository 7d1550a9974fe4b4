using Grains.Fraud;
using Grains.Fraud.Model;
using Grains.Fraud.Model.Training;

namespace Grains.Tests.Fraud.Model;

public sealed class CalibrationTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.6, -1.5)]
    [InlineData(1.7, 0.8)]
    public void The_line_that_made_the_labels_is_found_again(double slope, double intercept)
    {
        var (logits, labels) = Simulated(20_000, slope, intercept);
        var line = PlattLine.Fit(logits, labels);
        Assert.InRange(line.Slope, slope - 0.08, slope + 0.08);
        Assert.InRange(line.Intercept, intercept - 0.15, intercept + 0.15);
    }

    [Fact]
    public void A_calibrated_probability_comes_true()
    {
        var (logits, labels) = Simulated(40_000, 0.5, -1);
        var calibration = PlattLine.Fit(logits.AsSpan(0, 20_000), labels.AsSpan(0, 20_000)).Knots();
        var bins = CalibrationBin.Of(Array.ConvertAll(logits[20_000..], calibration.PpmOf), labels.AsSpan(20_000));
        // Four standard deviations of a count of that probability.
        Assert.All(bins, static bin => Assert.True(Math.Abs(bin.Came - bin.Said) <= 4 * Math.Sqrt(bin.Said * (1 - bin.Said) / bin.Payments) + 0.001, $"{bin}"));
        Assert.InRange(bins.Count, 6, 10);
    }

    [Fact]
    public void Where_higher_logits_mean_less_fraud_all_payments_have_the_base_rate()
    {
        var (logits, labels) = Simulated(5_000, -1, -2);
        var line = PlattLine.Fit(logits, labels);
        Assert.Equal(0, line.Slope);
        var calibration = line.Knots();
        Assert.Equal(calibration.PpmOf(-5_000_000), calibration.PpmOf(5_000_000));
        Assert.InRange(calibration.PpmOf(0), 1_000_000.0 * labels.Count(static fraud => fraud) / labels.Length - 400, 1_000_000.0 * labels.Count(static fraud => fraud) / labels.Length + 400);
    }

    [Fact]
    public void Rows_without_an_error_give_no_endless_slope()
    {
        long[] logits = [-2_000_000, -1_000_000, 1_000_000, 2_000_000];
        var line = PlattLine.Fit(logits, [false, false, true, true]);
        Assert.InRange(line.Slope, 0.1, 5);
        Assert.True(double.IsFinite(line.Intercept));
    }

    [Fact]
    public void A_line_that_may_not_be_as_steep_as_it_would_be_is_where_it_belongs_all_the_same()
    {
        // One short tree tells all frauds apart, a fifth of a logit from the others.
        var (logits, frauds) = (new long[1_000], new bool[1_000]);
        for (var row = 0; row < logits.Length; row++)
            (frauds[row], logits[row]) = (row % 10 == 3, row % 10 == 3 ? 2_300_000 : 2_100_000);
        var knots = PlattLine.Fit(logits, frauds).Knots();
        var (good, bad) = (knots.PpmOf(2_100_000), knots.PpmOf(2_300_000));
        Assert.InRange((good * 900L + bad * 100L) / 1_000, 95_000, 105_000);
        Assert.True(good < bad);
    }

    [Fact]
    public void Knots_keep_the_order_and_are_near_the_curve()
    {
        var line = new PlattLine(1.3, -0.7);
        var calibration = line.Knots();
        var before = 0;
        for (var logit = -16_000_000L; logit < 16_000_000; logit += 9_973)
        {
            var ppm = calibration.PpmOf(logit);
            Assert.True(ppm >= before, $"At {logit} it falls.");
            Assert.InRange(ppm - 1_000_000 / (1 + Math.Exp(-(line.Slope * logit / 1e6 + line.Intercept))), -49, 49);
            before = ppm;
        }

        Assert.Equal(1, calibration.PpmOf(long.MinValue));
        Assert.Equal(Calibration.MaxPpm, calibration.PpmOf(long.MaxValue));
    }

    [Fact]
    public void Knots_out_of_order_are_refused()
    {
        Assert.Throws<ArgumentException>(static () => new Calibration([], []));
        Assert.Throws<ArgumentException>(static () => new Calibration([1, 1], [5, 6]));
        Assert.Throws<ArgumentException>(static () => new Calibration([1, 2], [6, 5]));
        Assert.Throws<ArgumentException>(static () => new Calibration([1, 2], [0, 5]));
    }

    [Fact]
    public void Points_are_those_of_a_review_and_a_decline_where_it_was_said()
    {
        var scale = new PointsParameters(200_000, 950_000).Scale();
        Assert.Equal((RuleSet.DefaultReviewAt - 1, RuleSet.DefaultReviewAt), (scale.PointsOf(199_999), scale.PointsOf(200_000)));
        Assert.Equal((RuleSet.DefaultDeclineAt - 1, RuleSet.DefaultDeclineAt), (scale.PointsOf(949_999), scale.PointsOf(950_000)));
        Assert.Equal(0, scale.PointsOf(1));
        Assert.Equal(100, scale.PointsOf(Calibration.MaxPpm));
        // Equal odds are worth equal points: from even odds, three times the odds, either way.
        var (low, middle, high) = (scale.PointsOf(250_000), scale.PointsOf(500_000), scale.PointsOf(750_000));
        Assert.InRange(high - middle - (middle - low), -1, 1);
        Assert.All(Enumerable.Range(1, 999), permille => Assert.True(scale.PointsOf(permille * 1_000) >= scale.PointsOf(permille * 1_000 - 1)));
    }

    [Theory]
    [InlineData(0, 900_000)]
    [InlineData(500_000, 500_000)]
    [InlineData(500_000, 1_000_000)]
    public void A_scale_that_cannot_be_is_refused(int review, int decline) =>
        Assert.Throws<ArgumentException>(() => new PointsParameters(review, decline).Scale());

    private static (long[] Logits, bool[] Labels) Simulated(int rows, double slope, double intercept)
    {
        var random = new Random(3);
        var logits = new long[rows];
        var labels = new bool[rows];
        for (var row = 0; row < rows; row++)
        {
            logits[row] = (long)((random.NextDouble() * 10 - 6) * 1e6);
            labels[row] = random.NextDouble() < 1 / (1 + Math.Exp(-(slope * logits[row] / 1e6 + intercept)));
        }

        return (logits, labels);
    }
}
