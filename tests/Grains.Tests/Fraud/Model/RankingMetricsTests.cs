using Grains.Fraud.Model.Training;

namespace Grains.Tests.Fraud.Model;

public sealed class RankingMetricsTests
{
    [Theory]
    // The example of scikit-learn's own documentation.
    [InlineData("0.1:0 0.4:0 0.35:1 0.8:1", 0.8333333333333333)]
    [InlineData("3:1 2:1 1:0", 1)]
    [InlineData("3:0 2:0 1:1", 1.0 / 3)]
    // All tied: one step, whose precision is the base rate.
    [InlineData("1:0 1:1 1:0 1:0", 0.25)]
    // A tie of a fraud and a good payment above another fraud: ½ × ½ + ½ × ⅔.
    [InlineData("2:1 2:0 1:1 0:0", 0.5833333333333333)]
    [InlineData("2:0 1:0", 0)]
    public void Average_precision(string payments, double expected)
    {
        var (scores, labels) = Parse(payments);
        Assert.Equal(expected, RankingMetrics.AveragePrecision(scores, labels), 12);
    }

    [Theory]
    [InlineData("4:1 3:0 2:1 1:0", 0.5, 2, 0.5, 0.5)]
    [InlineData("4:1 3:0 2:1 1:0", 0.25, 1, 1, 0.5)]
    [InlineData("4:1 3:0 2:1 1:0", 1, 4, 0.5, 1)]
    // One is always looked at.
    [InlineData("4:1 3:0 2:1 1:0", 0.01, 1, 1, 0.5)]
    // Of three that tie, the two that are looked at bear two thirds of what is in them.
    [InlineData("2:1 2:0 2:0 1:1", 0.5, 2, 1.0 / 3, 1.0 / 3)]
    public void Precision_and_recall_at_a_budget(string payments, double budget, int count, double precision, double recall)
    {
        var (scores, labels) = Parse(payments);
        var found = RankingMetrics.AtBudget(scores, labels, budget);
        Assert.Equal(count, found.Payments);
        Assert.Equal(precision, found.Precision, 12);
        Assert.Equal(recall, found.Recall, 12);
    }

    [Fact]
    public void The_curve_ends_at_the_whole_and_never_loses_recall()
    {
        var random = new Random(1);
        var scores = Enumerable.Range(0, 5_000).Select(_ => random.NextInt64(1_000)).ToArray();
        var labels = Array.ConvertAll(scores, score => random.Next(2_000) < score);
        var curve = RankingMetrics.Curve(scores, labels, 10);
        Assert.InRange(curve.Count, 8, 10);
        Assert.Equal(1, curve[^1].Recall, 12);
        Assert.Equal(curve.OrderBy(static point => point.Recall).ThenBy(static point => point.Share), curve);
        Assert.True(curve[0].Precision > curve[^1].Precision);
    }

    [Fact]
    public void Bins_count_every_payment_once_and_say_what_came()
    {
        int[] ppm = [500, 900, 5_000, 50_000, 50_000, 950_000, 999_999];
        bool[] labels = [false, false, false, true, false, true, true];
        var bins = CalibrationBin.Of(ppm, labels);
        Assert.Equal(7, bins.Sum(static bin => bin.Payments));
        Assert.Equal(3, bins.Sum(static bin => bin.Frauds));
        var middle = bins.Single(static bin => bin.FromPpm == 30_000);
        Assert.Equal((2, 1, 0.05, 0.5), (middle.Payments, middle.Frauds, middle.Said, middle.Came));
    }

    private static (long[] Scores, bool[] Labels) Parse(string payments)
    {
        var parts = payments.Split(' ').Select(static payment => payment.Split(':')).ToArray();
        return ([.. parts.Select(static part => (long)(decimal.Parse(part[0]) * 100))], [.. parts.Select(static part => part[1] == "1")]);
    }
}
