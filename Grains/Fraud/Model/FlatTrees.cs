namespace Grains.Fraud.Model;

/// <summary>All trees in arrays, one entry a node, as the model file has them.</summary>
/// <param name="Roots">Where each tree begins, ascending.</param>
/// <param name="Feature">The column; −1 in a leaf.</param>
/// <param name="Left">The left child's place, after its parent; the right one follows it. 0 in a leaf.</param>
/// <param name="IsMissingLeft">1 or 0.</param>
internal sealed record FlatTrees(long StartMicrologits, long[] Roots, long[] Feature, long[] Threshold, long[] IsMissingLeft, long[] Left, long[] Micrologits)
{
    // Far beyond any logit that means something, far below where sums of all trees would overflow.
    private const long MaxMicrologits = 1_000_000_000;

    public static FlatTrees Of(TreeEnsemble trees)
    {
        var nodes = trees.Nodes.ToArray();
        return new FlatTrees(
            trees.StartMicrologits,
            Array.ConvertAll(trees.Roots.ToArray(), static root => (long)root),
            Array.ConvertAll(nodes, static node => (long)node.Feature),
            Array.ConvertAll(nodes, static node => node.Threshold),
            Array.ConvertAll(nodes, static node => node.IsMissingLeft ? 1L : 0),
            Array.ConvertAll(nodes, static node => (long)node.Left),
            Array.ConvertAll(nodes, static node => (long)node.Micrologits));
    }

    /// <summary>The trees, once it is sure that a walk through them ends and stays within.</summary>
    /// <exception cref="InvalidDataException">They are no such trees.</exception>
    public TreeEnsemble Ensemble(int columns, int maxNodes)
    {
        var count = Feature.Length;
        Require(count <= maxNodes && count == Threshold.Length && count == IsMissingLeft.Length && count == Left.Length && count == Micrologits.Length, "the arrays of nodes have not one length");
        Require(Math.Abs(StartMicrologits) <= MaxMicrologits, "the start is out of range");
        Require(Roots.Length > 0 && Roots[0] == 0 && Roots.Zip(Roots.Skip(1)).All(static pair => pair.First < pair.Second) && Roots[^1] < count, "the roots are out of order");
        var nodes = new TreeNode[count];
        for (var (place, tree) = (0, 0); place < count; place++)
        {
            while (tree + 1 < Roots.Length && Roots[tree + 1] <= place)
                tree++;
            var end = tree + 1 < Roots.Length ? Roots[tree + 1] : count;
            var isLeaf = Feature[place] == TreeNode.NoFeature;
            Require(isLeaf || Feature[place] >= 0 && Feature[place] < columns, $"node {place} asks for column {Feature[place]} of {columns}");
            Require(isLeaf ? Left[place] == 0 : Left[place] > place && Left[place] + 1 < end, $"node {place} has no children in its tree");
            Require(IsMissingLeft[place] is 0 or 1 && Math.Abs(Micrologits[place]) <= MaxMicrologits, $"node {place} is out of range");
            nodes[place] = new TreeNode(Threshold[place], (int)Left[place], (int)Micrologits[place], (short)Feature[place], IsMissingLeft[place] == 1);
        }

        return new TreeEnsemble(columns, StartMicrologits, Array.ConvertAll(Roots, static root => (int)root), nodes);
    }

    private static void Require(bool isSo, string otherwise)
    {
        if (!isSo)
            throw new InvalidDataException($"The model file is damaged: {otherwise}.");
    }
}
