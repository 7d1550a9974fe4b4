using Grains.Fraud;
using Grains.Fraud.Model;
using Grains.Fraud.Model.Training;

namespace Grains.Tests.Fraud.Model;

public sealed class BoostedTreesTests
{
    private static readonly BoostingParameters Few = new() { Rounds = 40 };

    [Fact]
    public void What_two_features_say_only_together_is_learned()
    {
        var table = new TrainingTable(["left", "right"]);
        var random = new Random(7);
        for (var row = 0; row < 2_000; row++)
        {
            var (left, right) = (random.Next(100), random.Next(100));
            table.Add([left, right], left < 50 != right < 50, row, row);
        }

        var trees = BoostedTrees.Train(table, SyntheticPayments.Range(0, 1_500), Few with { ColumnShare = 1 });
        Assert.True(SyntheticPayments.AveragePrecision(trees, table, SyntheticPayments.Range(1_500, 2_000)) > 0.99);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_missing_value_goes_where_it_went_in_training(bool isFraudWhereMissing)
    {
        var table = new TrainingTable(["known"]);
        for (var row = 0; row < 1_000; row++)
            table.Add([row % 4 == 0 ? FeatureVector.Missing : row % 50], row % 4 == 0 == isFraudWhereMissing, row, row);
        var trees = BoostedTrees.Train(table, SyntheticPayments.Range(0, 1_000), Few);
        Assert.Equal(isFraudWhereMissing, trees.Logit([FeatureVector.Missing]) > trees.Logit([25]));
        Assert.Equal(trees.Logit([25]), trees.Logit([long.MaxValue]));
        Assert.Equal(trees.Logit([25]), trees.Logit([long.MinValue + 1]));
    }

    [Fact]
    public void The_same_rows_and_seed_give_the_same_trees_and_another_seed_gives_others()
    {
        var table = SyntheticPayments.Table(3_000, 3);
        var rows = SyntheticPayments.Range(0, 3_000);
        var first = BoostedTrees.Train(table, rows, Few);
        Assert.Equal(first.Nodes.ToArray(), BoostedTrees.Train(table, rows, Few).Nodes.ToArray());
        Assert.NotEqual(first.Nodes.ToArray(), BoostedTrees.Train(table, rows, Few with { Seed = 2 }).Nodes.ToArray());
    }

    [Fact]
    public void No_tree_grows_beyond_its_limits()
    {
        var table = SyntheticPayments.Table(3_000, 4);
        var parameters = Few with { MaxLeaves = 5, MaxDepth = 3, MinLeafRows = 40, RowShare = 1 };
        var trees = BoostedTrees.Train(table, SyntheticPayments.Range(0, 3_000), parameters);
        Assert.Equal(parameters.Rounds, trees.Roots.Length);
        var nodes = trees.Nodes.ToArray();
        foreach (var root in trees.Roots.ToArray())
        {
            Assert.InRange(Leaves(nodes, root), 1, 5);
            Assert.InRange(Depth(nodes, root), 0, 3);
        }

        foreach (var root in trees.Roots.ToArray())
            Assert.All(RowsOfLeaves(table, nodes, root), static count => Assert.True(count >= 40, $"A leaf has {count} rows."));
    }

    [Fact]
    public void The_first_tree_is_Newtons_step()
    {
        // Ten rows a value, base rate a half: each row's gradient is ∓½ and its weight ¼. Gain is best between 1 and 2.
        var table = new TrainingTable(["value"]);
        for (var row = 0; row < 40; row++)
            table.Add([row % 4], row % 4 >= 2, row, row);
        var trees = BoostedTrees.Train(table, SyntheticPayments.Range(0, 40), new BoostingParameters { Rounds = 1, LearningRate = 0.5, MaxLeaves = 2, MinLeafRows = 1, L2 = 5, RowShare = 1, ColumnShare = 1 });
        Assert.Equal(0, trees.StartMicrologits);
        // −G ⁄ (H + L2) × rate = 10 ⁄ (5 + 5) × ½
        Assert.Equal(500_000, trees.Logit([2]));
        Assert.Equal(-500_000, trees.Logit([1]));
        Assert.Equal(1, trees.Nodes[0].Threshold);
        Assert.Equal(0, trees.BiasMicrologits);
    }

    [Fact]
    public void Training_ends_where_later_rows_gain_no_more()
    {
        var table = SyntheticPayments.Table(6_000, 5);
        var parameters = new BoostingParameters { Rounds = 500, Patience = 20 };
        var rounds = BoostedTrees.FindRounds(table, SyntheticPayments.Range(0, 4_000), SyntheticPayments.Range(4_000, 6_000), parameters);
        Assert.InRange(rounds, 2, 300);
    }

    [Fact]
    public void A_table_without_anything_to_tell_apart_gives_its_base_rate()
    {
        var table = new TrainingTable(["same", "missing"]);
        for (var row = 0; row < 300; row++)
            table.Add([5, FeatureVector.Missing], row % 3 == 0, row, row);
        var trees = BoostedTrees.Train(table, SyntheticPayments.Range(0, 300), Few with { RowShare = 1 });
        Assert.InRange(trees.Logit([5, 1]), Math.Log(0.5) * 1e6 - 1, Math.Log(0.5) * 1e6 + 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    public void Rows_of_one_kind_are_refused(int frauds)
    {
        var table = new TrainingTable(["value"]);
        for (var row = 0; row < 300; row++)
            table.Add([row], row < frauds, row, row);
        Assert.Throws<ArgumentException>(() => BoostedTrees.Train(table, SyntheticPayments.Range(0, 300), Few));
    }

    [Fact]
    public void Parameters_out_of_range_are_refused() =>
        Assert.All(
            new[] { Few with { LearningRate = 0 }, Few with { RowShare = 1.01 }, Few with { MaxLeaves = 1 }, Few with { Rounds = 0 }, Few with { L2 = double.NaN }, Few with { MinLeafRows = 0 } },
            static parameters => Assert.Throws<ArgumentOutOfRangeException>(parameters.Validate));

    [Fact]
    public void A_table_takes_no_row_that_is_out_of_shape_or_order()
    {
        var table = new TrainingTable(["one", "two"]);
        table.Add([1, 2], false, 1_000, 1_000);
        Assert.Throws<ArgumentException>(() => table.Add([1], false, 1_000, 1_000));
        Assert.Throws<ArgumentException>(() => table.Add([1, 2], false, 999, 1_000));
        Assert.Throws<ArgumentException>(() => table.Add([1, 2], false, 1_001, 1_000));
        Assert.Throws<ArgumentException>(() => new TrainingTable(["one", "one"]));
        Assert.Equal(1, table.Rows);
    }

    private static int Leaves(TreeNode[] nodes, int place) => nodes[place].IsLeaf ? 1 : Leaves(nodes, nodes[place].Left) + Leaves(nodes, nodes[place].Left + 1);

    private static int Depth(TreeNode[] nodes, int place) => nodes[place].IsLeaf ? 0 : 1 + Math.Max(Depth(nodes, nodes[place].Left), Depth(nodes, nodes[place].Left + 1));

    private static IEnumerable<int> RowsOfLeaves(TrainingTable table, TreeNode[] nodes, int root) => Enumerable.Range(0, table.Rows)
        .GroupBy(row =>
        {
            var place = root;
            while (!nodes[place].IsLeaf)
            {
                var value = table.Row(row)[nodes[place].Feature];
                var isLeft = value == FeatureVector.Missing ? nodes[place].IsMissingLeft : value <= nodes[place].Threshold;
                place = nodes[place].Left + (isLeft ? 0 : 1);
            }

            return place;
        })
        .Select(static leaf => leaf.Count());
}
