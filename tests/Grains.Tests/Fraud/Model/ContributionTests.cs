using Grains.Fraud;
using Grains.Fraud.Model;
using Grains.Fraud.Model.Training;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Model;

public sealed class ContributionTests
{
    [Fact]
    public void Contributions_sum_to_the_logit_less_the_bias_exactly()
    {
        var model = SyntheticPayments.Model();
        var random = new Random(11);
        var contributions = new long[SyntheticPayments.Columns.Length];
        for (var round = 0; round < 2_000; round++)
        {
            long[] row = [.. contributions.Select(_ => random.Next(5) == 0 ? FeatureVector.Missing : random.NextInt64(-1_000, 20_000))];
            Array.Clear(contributions);
            var logit = model.Trees.Logit(row, contributions);
            Assert.Equal(model.Trees.Logit(row), logit);
            Assert.Equal(logit - model.Trees.BiasMicrologits, contributions.Sum());
        }
    }

    [Fact]
    public void The_bias_is_the_average_logit_of_the_rows_that_a_single_tree_saw()
    {
        var table = SyntheticPayments.Table(2_000, 6);
        var rows = SyntheticPayments.Range(0, 2_000);
        var trees = BoostedTrees.Train(table, rows, new BoostingParameters { Rounds = 1, RowShare = 1, ColumnShare = 1 });
        // Each inner node's average is cut to a whole micrologit.
        Assert.InRange(trees.BiasMicrologits - rows.Average(row => trees.Logit(table.Row(row))), -15, 15);
    }

    [Fact]
    public void The_largest_come_first_and_name_their_feature()
    {
        var model = new LoadedModel(SyntheticPayments.Model(), isPublished: true);
        var risky = Features(amount: 8_000, hour: 23, count: 3);
        var contributions = model.Explain(risky);
        Assert.Equal(["amount", "hour_of_day"], contributions.Take(2).Select(static one => one.Feature).Order());
        Assert.All(contributions.Take(2), static one => Assert.True(one.Millilogits > 500, $"{one}"));
        Assert.Equal(contributions.OrderByDescending(static one => Math.Abs((long)one.Millilogits)), contributions);
        Assert.InRange(contributions.Count, 1, LoadedModel.MaxContributions);
    }

    [Fact]
    public void What_made_the_labels_is_most_important()
    {
        var importance = SyntheticPayments.Model().Manifest.Metrics.Importance;
        Assert.Equal("since_last_ms", importance.Select(static one => one.Feature).Except(["amount", "hour_of_day", "count24_hours"]).Single());
        Assert.All(importance, static one => Assert.True(one.Millilogits > 0));
        Assert.Equal(importance.OrderByDescending(static one => one.Millilogits), importance);
    }

    [Fact]
    public void A_finding_carries_version_probability_and_points()
    {
        var trained = SyntheticPayments.Model();
        var model = new LoadedModel(trained, isPublished: false);
        var (risky, plain) = (model.Score(Features(8_000, 23, 3)), model.Score(Features(100, 12, 3)));
        Assert.Equal(trained.Manifest.Version, risky.Version);
        Assert.False(risky.IsPublished);
        Assert.InRange(risky.ProbabilityPpm, 150_000, 700_000);
        Assert.InRange(plain.ProbabilityPpm, 1, 40_000);
        Assert.Equal(trained.Points.PointsOf(risky.ProbabilityPpm), risky.Points);
        Assert.True(risky.Points > plain.Points);
    }

    [Fact]
    public void What_a_model_says_does_not_hang_on_where_its_columns_stand()
    {
        // The same trees over the first features as they stand, and over a row that must be gathered.
        var table = new TrainingTable(["amount", "amount_is_round", "hour_of_day"]);
        var turned = new TrainingTable(["hour_of_day", "amount_is_round", "amount"]);
        foreach (var (time, values, isFraud) in SyntheticPayments.Rows(5_000, 8))
        {
            table.Add([values[0], values[0] % 2, values[1]], isFraud, time, time);
            turned.Add([values[1], values[0] % 2, values[0]], isFraud, time, time);
        }

        var request = new TrainingRequest { LabelDelay = TimeSpan.Zero, Boosting = new BoostingParameters { Rounds = 10, ColumnShare = 1 } };
        var plain = new LoadedModel(ModelTraining.Train(table, request, DateTimeOffset.UnixEpoch), true);
        var gathered = new LoadedModel(ModelTraining.Train(turned, request, DateTimeOffset.UnixEpoch), true);
        for (var amount = 60; amount < 10_000; amount += 611)
        {
            var features = new FeatureVector { [Feature.Amount] = amount, [Feature.AmountIsRound] = amount % 2, [Feature.HourOfDay] = amount % 24 };
            Assert.Equal(plain.Score(features).ProbabilityPpm, gathered.Score(features).ProbabilityPpm);
        }
    }

    private static FeatureVector Features(long amount, long hour, long count) => new()
    {
        [Feature.Amount] = amount,
        [Feature.HourOfDay] = hour,
        [Feature.Count24Hours] = count,
        [Feature.SinceLastMs] = 500_000,
    };
}
