using Grains.Fraud.Model;
using Grains.Fraud.Model.Training;

namespace Grains.Tests.Fraud.Model;

/// <summary>What a training must not be able to know.</summary>
public sealed class LeakTests
{
    private const int Permutations = 2_000;

    private static readonly TrainingRequest Request = new() { LabelDelay = TimeSpan.FromDays(10), Boosting = new BoostingParameters { Rounds = 60 } };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Shuffled_labels_bring_average_precision_to_the_base_rate(int seed)
    {
        var rows = SyntheticPayments.Rows(9_000, 21).ToArray();
        var labels = rows.Select(static row => row.IsFraud).ToArray();
        var untouched = Train(rows, labels).Manifest.Metrics;
        Assert.True(untouched.AveragePrecision > 4 * untouched.BaseRate, $"{untouched.AveragePrecision} is no model.");
        new Random(seed).Shuffle(labels);
        var metrics = Train(rows, labels).Manifest.Metrics;
        Assert.InRange(metrics.AveragePrecision, 0.6 * metrics.BaseRate, Chance.HighestAveragePrecision(labels[6_000..], Permutations));
    }

    [Fact]
    public void A_label_that_is_not_known_yet_helps_nothing()
    {
        var rows = SyntheticPayments.Rows(9_000, 22).ToArray();
        var cut = rows[6_000].Time;
        var known = cut - (long)Request.LabelDelay.TotalMilliseconds;
        var (blind, told) = (new TrainingTable([.. SyntheticPayments.Columns, "told"]), new TrainingTable([.. SyntheticPayments.Columns, "told"]));
        foreach (var (time, values, isFraud) in rows)
        {
            blind.Add([.. values, 0], isFraud, time, time + SyntheticPayments.Day);
            told.Add([.. values, time > known && isFraud ? 1 : 0], isFraud, time, time + SyntheticPayments.Day);
        }

        var (without, with) = (ModelTraining.Train(blind, Request, DateTimeOffset.UnixEpoch), ModelTraining.Train(told, Request, DateTimeOffset.UnixEpoch));
        Assert.Equal(without.Trees.Nodes.ToArray(), with.Trees.Nodes.ToArray());
        Assert.Equal(without.Manifest.Platt, with.Manifest.Platt);
        Assert.Equal(without.Manifest.Metrics.AveragePrecision, with.Manifest.Metrics.AveragePrecision);
        // The same training would find it, were those labels known: the test sees a leak where there is one.
        var leaking = BoostedTrees.Train(told, SyntheticPayments.Range(0, 6_000), Request.Boosting);
        Assert.True(SyntheticPayments.AveragePrecision(leaking, told, SyntheticPayments.Range(6_000, 9_000)) > 0.95);
    }

    [Fact]
    public void Labels_from_the_cut_on_and_those_that_wait_change_no_model()
    {
        var rows = SyntheticPayments.Rows(9_000, 23).ToArray();
        var labels = rows.Select(static row => row.IsFraud).ToArray();
        var turned = labels.ToArray();
        var known = rows[6_000].Time - (long)Request.LabelDelay.TotalMilliseconds;
        for (var row = 0; row < rows.Length; row++)
            turned[row] ^= rows[row].Time > known;
        var (model, other) = (Train(rows, labels), Train(rows, turned));
        Assert.Equal(model.Manifest.DataHash, other.Manifest.DataHash);
        Assert.Equal(model.Trees.Nodes.ToArray(), other.Trees.Nodes.ToArray());
        Assert.Equal(model.Calibration.Ppm.ToArray(), other.Calibration.Ppm.ToArray());
    }

    private static TrainedModel Train((long Time, long[] Values, bool IsFraud)[] rows, bool[] labels)
    {
        var table = new TrainingTable(SyntheticPayments.Columns);
        for (var row = 0; row < rows.Length; row++)
            table.Add(rows[row].Values, labels[row], rows[row].Time, rows[row].Time);
        return ModelTraining.Train(table, Request, DateTimeOffset.UnixEpoch);
    }
}

/// <summary>What guessing comes to.</summary>
internal static class Chance
{
    /// <summary>The average precision that a random order of these labels passes in one of a thousand cases.</summary>
    public static double HighestAveragePrecision(bool[] labels, int permutations)
    {
        var random = new Random(17);
        var shuffled = labels.ToArray();
        long[] scores = [.. Enumerable.Range(0, labels.Length).Select(static place => (long)place)];
        var precisions = new double[permutations];
        for (var round = 0; round < permutations; round++)
        {
            random.Shuffle(shuffled);
            precisions[round] = RankingMetrics.AveragePrecision(scores, shuffled);
        }

        Array.Sort(precisions);
        return precisions[permutations - 1 - permutations / 1_000];
    }
}
