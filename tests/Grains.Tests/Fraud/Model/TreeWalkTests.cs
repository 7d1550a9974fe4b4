using Grains.Fraud;
using Grains.Fraud.Model;

namespace Grains.Tests.Fraud.Model;

/// <summary>Trees walked side by side say what they say one after the other.</summary>
public sealed class TreeWalkTests
{
    [Fact]
    public void The_sum_is_that_of_the_trees_walked_alone()
    {
        var trees = SyntheticPayments.Model().Trees;
        var walk = new TreeWalk(trees);
        var random = new Random(12);
        for (var round = 0; round < 5_000; round++)
        {
            long[] row = [.. Enumerable.Range(0, trees.Columns).Select(_ => random.Next(4) == 0 ? FeatureVector.Missing : random.NextInt64(-1_000, 20_000))];
            Assert.Equal(trees.Logit(row), walk.Logit(row));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void However_many_trees_there_are_and_wherever_a_missing_value_goes(int count)
    {
        // Each tree has another depth, and sends a missing value another way.
        var (nodes, roots) = (new List<TreeNode>(), new List<int>());
        for (var tree = 0; tree < count; tree++)
        {
            roots.Add(nodes.Count);
            for (var depth = 0; depth < tree; depth++)
            {
                // The last question is whether a value is known.
                nodes.Add(new TreeNode(depth == tree - 1 ? long.MaxValue : 10 * depth, nodes.Count + 1, 0, (short)(depth % 2), IsMissingLeft: (tree + depth) % 2 == 0));
                nodes.Add(TreeNode.Leaf((100 * tree) + depth));
            }

            nodes.Add(TreeNode.Leaf(1_000 + tree));
        }

        var trees = new TreeEnsemble(2, 7, [.. roots], [.. nodes]);
        var walk = new TreeWalk(trees);
        foreach (var first in new[] { FeatureVector.Missing, -1, 0, 1, 10, 11, 1_000 })
            foreach (var second in new[] { FeatureVector.Missing, 5, 10, 15 })
                Assert.Equal(trees.Logit([first, second]), walk.Logit([first, second]));
    }
}
