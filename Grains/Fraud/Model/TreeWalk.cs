namespace Grains.Fraud.Model;

/// <summary>
/// The same trees, laid out for the one thing that every payment needs: the sum of their leaves. Trees are walked side by side, as many
/// steps as the deepest of them has, and a leaf leads to itself: nothing is asked that a processor would have to guess. Immutable, for many
/// threads at once.
/// </summary>
public sealed class TreeWalk
{
    private const int Side = 4;

    private readonly int columns;
    private readonly long startMicrologits;
    private readonly Step[] steps;
    private readonly int[] micrologits;
    private readonly Group[] groups;

    public TreeWalk(TreeEnsemble trees)
    {
        (columns, startMicrologits) = (trees.Columns, trees.StartMicrologits);
        var nodes = trees.Nodes;
        // One more: a tree of one leaf that adds nothing, for where the last group is short of trees.
        steps = new Step[nodes.Length + 1];
        micrologits = new int[nodes.Length + 1];
        for (var place = 0; place < nodes.Length; place++)
        {
            micrologits[place] = nodes[place].Micrologits;
            steps[place] = nodes[place].IsLeaf ? Leaf(place) : Ask(nodes[place]);
        }

        steps[nodes.Length] = Leaf(nodes.Length);
        // Trees as deep as each other walk together.
        var byDepth = trees.Roots.ToArray().Select(root => (Root: root, Depth: Depth(trees.Nodes, root))).OrderBy(static tree => tree.Depth).ToArray();
        groups = new Group[(byDepth.Length + Side - 1) / Side];
        for (var group = 0; group < groups.Length; group++)
        {
            var together = byDepth.AsSpan(group * Side, Math.Min(Side, byDepth.Length - (group * Side)));
            groups[group] = new Group(together[0].Root, RootAt(together, 1), RootAt(together, 2), RootAt(together, 3), together[^1].Depth);
        }

        int RootAt(ReadOnlySpan<(int Root, int Depth)> together, int index) => index < together.Length ? together[index].Root : steps.Length - 1;
    }

    /// <summary>What <see cref="TreeEnsemble.Logit(ReadOnlySpan{long})"/> says.</summary>
    /// <param name="row">A value for each column.</param>
    public long Logit(ReadOnlySpan<long> row)
    {
        // Twice: where a missing value goes right, it stands in the second half as more than any threshold.
        Span<long> both = stackalloc long[2 * columns];
        for (var column = 0; column < columns; column++)
        {
            both[column] = row[column];
            both[columns + column] = row[column] == FeatureVector.Missing ? long.MaxValue : row[column];
        }

        var sum = startMicrologits;
        foreach (ref readonly var group in groups.AsSpan())
        {
            var (first, second, third, fourth) = (group.First, group.Second, group.Third, group.Fourth);
            for (var depth = group.Depth; depth > 0; depth--)
            {
                first = Next(first, both);
                second = Next(second, both);
                third = Next(third, both);
                fourth = Next(fourth, both);
            }

            sum += (long)micrologits[first] + micrologits[second] + micrologits[third] + micrologits[fourth];
        }

        return sum;
    }

    private int Next(int place, ReadOnlySpan<long> both)
    {
        ref readonly var step = ref steps[place];
        return step.Left + (both[step.Column] > step.Threshold ? 1 : 0);
    }

    // Where a tree asks whether a value is known at all, every known one goes left: a missing one has to be more than that threshold, too.
    private Step Ask(in TreeNode node) => node.IsMissingLeft
        ? new Step(node.Threshold, node.Left, node.Feature)
        : new Step(Math.Min(node.Threshold, long.MaxValue - 1), node.Left, node.Feature + columns);

    // Nothing is more than the most, so it stays.
    private static Step Leaf(int place) => new(long.MaxValue, place, 0);

    private static int Depth(ReadOnlySpan<TreeNode> nodes, int place) =>
        nodes[place].IsLeaf ? 0 : 1 + Math.Max(Depth(nodes, nodes[place].Left), Depth(nodes, nodes[place].Left + 1));

    /// <param name="Column">Of both halves.</param>
    private readonly record struct Step(long Threshold, int Left, int Column);

    private readonly record struct Group(int First, int Second, int Third, int Fourth, int Depth);
}
