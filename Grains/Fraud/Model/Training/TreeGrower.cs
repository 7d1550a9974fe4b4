namespace Grains.Fraud.Model.Training;

/// <summary>Grows one tree after another on the same rows: always the leaf that gains most is split, until none gains or there are enough.</summary>
internal sealed class TreeGrower(FeatureBins bins, BoostingParameters parameters)
{
    // Of one tree, in logits. Without a penalty a leaf of certain payments would ask for far more.
    private const double MaxStep = 20;

    private readonly SplitSearch search = new(bins, parameters);
    private readonly Stack<Bin[]> unused = new();
    private readonly int[] scratch = new int[bins.Rows];

    /// <summary>Appends a tree's nodes, the root first.</summary>
    /// <param name="rows">The rows that the tree may see; their order changes.</param>
    /// <param name="features">The columns that it may ask.</param>
    /// <param name="gradients">Of the loss, by row; <paramref name="hessians"/> likewise.</param>
    public void Grow(int[] rows, int[] features, double[] gradients, double[] hessians, List<TreeNode> nodes)
    {
        var root = nodes.Count;
        var open = new List<Leaf> { Open(root, rows.AsMemory(), 0, features, gradients, hessians, null, null) };
        nodes.Add(LeafNode(open[0].All));
        while (open.Count < parameters.MaxLeaves && BestOf(open) is { } place)
        {
            var leaf = open[place];
            var split = leaf.Split!.Value;
            var count = Part(leaf.Rows.Span, split);
            var (leftRows, rightRows) = (leaf.Rows[..count], leaf.Rows[count..]);
            var first = nodes.Count;
            nodes[leaf.Node] = new TreeNode(bins.Threshold(split.Feature, split.Bin), first, 0, (short)split.Feature, split.IsMissingLeft);
            // The smaller side is counted; the other one is what remains.
            var isLeftSmaller = leftRows.Length <= rightRows.Length;
            var small = Open(isLeftSmaller ? first : first + 1, isLeftSmaller ? leftRows : rightRows, leaf.Depth + 1, features, gradients, hessians, null, null);
            var large = Open(isLeftSmaller ? first + 1 : first, isLeftSmaller ? rightRows : leftRows, leaf.Depth + 1, features, gradients, hessians, leaf, small);
            nodes.Add(LeafNode((isLeftSmaller ? small : large).All));
            nodes.Add(LeafNode((isLeftSmaller ? large : small).All));
            open[place] = small;
            open.Add(large);
        }

        foreach (var leaf in open)
            unused.Push(leaf.Histogram);
        Average(root, nodes, open);
    }

    private Leaf Open(int node, Memory<int> rows, int depth, int[] features, double[] gradients, double[] hessians, Leaf? parent, Leaf? sibling)
    {
        Bin[] histogram;
        if (parent is null)
        {
            histogram = unused.TryPop(out var used) ? used : new Bin[bins.Columns * FeatureBins.Width];
            Count(histogram, rows.Span, features, gradients, hessians);
        }
        else
        {
            histogram = parent.Histogram;
            foreach (var feature in features)
            {
                for (var bin = feature * FeatureBins.Width; bin < (feature + 1) * FeatureBins.Width; bin++)
                    histogram[bin].Remove(in sibling!.Histogram[bin]);
            }
        }

        var all = default(Bin);
        foreach (var row in rows.Span)
            all.Add(new Bin { Gradient = gradients[row], Hessian = hessians[row], Rows = 1 });
        var split = depth < parameters.MaxDepth ? search.Best(histogram, in all, features) : null;
        return new Leaf(node, rows, depth, histogram, all, split);
    }

    private void Count(Bin[] histogram, ReadOnlySpan<int> rows, int[] features, double[] gradients, double[] hessians)
    {
        foreach (var feature in features)
            Array.Clear(histogram, feature * FeatureBins.Width, FeatureBins.Width);
        foreach (var row in rows)
        {
            var (gradient, hessian) = (gradients[row], hessians[row]);
            var codes = bins.Row(row);
            foreach (var feature in features)
            {
                ref var bin = ref histogram[feature * FeatureBins.Width + codes[feature]];
                bin.Gradient += gradient;
                bin.Hessian += hessian;
                bin.Rows++;
            }
        }
    }

    private static int? BestOf(List<Leaf> open)
    {
        int? best = null;
        for (var place = 0; place < open.Count; place++)
        {
            if (open[place].Split is { } split && (best is null || split.Gain > open[best.Value].Split!.Value.Gain))
                best = place;
        }

        return best;
    }

    /// <summary>Moves the rows that go left to the front, each side in its order; how many they are.</summary>
    private int Part(Span<int> rows, Split split)
    {
        var (left, right) = (0, 0);
        foreach (var row in rows)
        {
            var code = bins.Row(row)[split.Feature];
            if (code == FeatureBins.Missing ? split.IsMissingLeft : code <= split.Bin)
                rows[left++] = row;
            else
                scratch[right++] = row;
        }

        scratch.AsSpan(0, right).CopyTo(rows[left..]);
        return left;
    }

    // Newton's step for the leaf, as much of it as is learned at once.
    private TreeNode LeafNode(in Bin all)
    {
        var step = -all.Gradient / (all.Hessian + parameters.L2) * parameters.LearningRate;
        return TreeNode.Leaf((int)Math.Round(Math.Clamp(step, -MaxStep, MaxStep) * BoostedTrees.MicrologitsPerLogit));
    }

    // An inner node's value is its leaves' average, by the rows that the tree saw. Children stand after their parent.
    private static void Average(int root, List<TreeNode> nodes, List<Leaf> leaves)
    {
        var rows = new long[nodes.Count - root];
        foreach (var leaf in leaves)
            rows[leaf.Node - root] = leaf.All.Rows;
        for (var place = nodes.Count - 1; place >= root; place--)
        {
            var node = nodes[place];
            if (node.IsLeaf)
                continue;
            var (left, right) = (rows[node.Left - root], rows[node.Left + 1 - root]);
            rows[place - root] = left + right;
            var sum = (Int128)nodes[node.Left].Micrologits * left + (Int128)nodes[node.Left + 1].Micrologits * right;
            nodes[place] = node with { Micrologits = (int)(sum / (left + right)) };
        }
    }

    private sealed record Leaf(int Node, Memory<int> Rows, int Depth, Bin[] Histogram, Bin All, Split? Split);
}
