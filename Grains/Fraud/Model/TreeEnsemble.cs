namespace Grains.Fraud.Model;

/// <summary>A node of a tree, in 24 bytes.</summary>
/// <param name="Threshold">A value up to it goes left.</param>
/// <param name="Left">The left child's place; the right child stands after it.</param>
/// <param name="Micrologits">What payments that come here get from this tree, on average; in a leaf, all of them.</param>
/// <param name="Feature">The column that it looks at; −1 in a leaf.</param>
/// <param name="IsMissingLeft">Where a missing value goes.</param>
public readonly record struct TreeNode(long Threshold, int Left, int Micrologits, short Feature, bool IsMissingLeft)
{
    public const short NoFeature = -1;

    public bool IsLeaf => Feature < 0;

    public static TreeNode Leaf(int micrologits) => new(0, 0, micrologits, NoFeature, false);
}

/// <summary>
/// Trees whose leaves are summed to a logit of fraud. All in whole micrologits: a sum is the same whatever the order and the machine.
/// Immutable, for many threads at once.
/// </summary>
/// <param name="columns">How many features a row has.</param>
/// <param name="startMicrologits">The logit before the first tree.</param>
/// <param name="roots">Where each tree begins.</param>
public sealed class TreeEnsemble(int columns, long startMicrologits, int[] roots, TreeNode[] nodes)
{
    private readonly int[] roots = roots;
    private readonly TreeNode[] nodes = nodes;

    public int Columns { get; } = columns;

    public long StartMicrologits { get; } = startMicrologits;

    public ReadOnlySpan<int> Roots => roots;

    public ReadOnlySpan<TreeNode> Nodes => nodes;

    /// <summary>What a payment gets of which nothing is looked at: the start and every tree's average.</summary>
    public long BiasMicrologits { get; } = startMicrologits + roots.Sum(root => (long)nodes[root].Micrologits);

    /// <summary>The raw logit; calibration is yet to come.</summary>
    public long Logit(ReadOnlySpan<long> row)
    {
        var sum = StartMicrologits;
        foreach (var root in roots)
        {
            ref readonly var node = ref nodes[root];
            while (!node.IsLeaf)
                node = ref nodes[Next(in node, row)];
            sum += node.Micrologits;
        }

        return sum;
    }

    /// <summary>
    /// The raw logit, and what each feature did to it: a path's attribution. Each step from a node to its child changes the average by
    /// so much, and the feature that was asked there takes it. Contributions sum to the logit less the bias, exactly.
    /// </summary>
    /// <param name="contributions">By column, in micrologits; what stands there is added to.</param>
    public long Logit(ReadOnlySpan<long> row, Span<long> contributions)
    {
        var all = nodes;
        var sum = StartMicrologits;
        foreach (var root in roots)
        {
            ref readonly var node = ref all[root];
            while (!node.IsLeaf)
            {
                ref readonly var next = ref all[Next(in node, row)];
                contributions[node.Feature] += next.Micrologits - node.Micrologits;
                node = ref next;
            }

            sum += node.Micrologits;
        }

        return sum;
    }

    // Without a branch: which side a payment takes is what a processor cannot guess.
    private static int Next(in TreeNode node, ReadOnlySpan<long> row)
    {
        var value = row[node.Feature];
        var isBeyond = value > node.Threshold ? 1 : 0;
        var isLost = value == FeatureVector.Missing ? 1 : 0;
        return node.Left + (isBeyond | (isLost & (node.IsMissingLeft ? 0 : 1)));
    }
}
