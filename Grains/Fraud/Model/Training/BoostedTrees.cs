namespace Grains.Fraud.Model.Training;

/// <summary>
/// Gradient-boosted trees for a yes or no: logistic loss, Newton's steps, histograms. One thread, and whatever is drawn is drawn from
/// the seed: the same rows and parameters give the same trees.
/// </summary>
public static class BoostedTrees
{
    public const double MicrologitsPerLogit = 1_000_000;

    /// <summary>Trains exactly so many trees as the parameters say.</summary>
    /// <param name="rows">Rows of the table to learn from: at least one fraud and one good payment.</param>
    /// <exception cref="ArgumentException">Rows of one kind only, or a parameter out of its range.</exception>
    public static TreeEnsemble Train(TrainingTable table, ReadOnlySpan<int> rows, BoostingParameters parameters, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        var boosting = new Boosting(table, rows, parameters);
        for (var round = 1; round <= parameters.Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            boosting.AddTree();
            progress?.Report(round);
        }

        return boosting.Trees(parameters.Rounds);
    }

    /// <summary>
    /// Trains until trees no longer raise the average precision on rows that are later in time; how many trees were best. Their order is
    /// what trees are for: their scale is calibrated afterwards, so a log loss, which asks for both, would end the training too soon.
    /// </summary>
    public static int FindRounds(
        TrainingTable table, ReadOnlySpan<int> rows, ReadOnlySpan<int> later, BoostingParameters parameters, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        var boosting = new Boosting(table, rows, parameters);
        var logits = new long[later.Length];
        var labels = new bool[later.Length];
        for (var place = 0; place < later.Length; place++)
            labels[place] = table.IsFraud(later[place]);
        var (best, highest) = (1, double.NegativeInfinity);
        for (var round = 1; round <= parameters.Rounds && round - best <= parameters.Patience; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var tree = boosting.AddTree();
            for (var place = 0; place < later.Length; place++)
                logits[place] += tree.Logit(table.Row(later[place]));
            var precision = RankingMetrics.AveragePrecision(logits, labels);
            if (precision > highest)
                (best, highest) = (round, precision);
            progress?.Report(round);
        }

        return best;
    }

    /// <summary>Trees so far, and how far each row is.</summary>
    private sealed class Boosting
    {
        private readonly TrainingTable table;
        private readonly int[] rows;
        private readonly BoostingParameters parameters;
        private readonly TreeGrower grower;
        private readonly Random random;
        private readonly long[] logits;
        private readonly double[] gradients;
        private readonly double[] hessians;
        private readonly int[] usable;
        private readonly List<int> roots = [];
        private readonly List<TreeNode> nodes = [];

        public Boosting(TrainingTable table, ReadOnlySpan<int> rows, BoostingParameters parameters)
        {
            parameters.Validate();
            var positives = table.Positives(rows);
            if (positives == 0 || positives == rows.Length)
                throw new ArgumentException($"Of {rows.Length} rows to learn from, {positives} are fraud: there is nothing to tell apart.", nameof(rows));
            this.table = table;
            this.rows = rows.ToArray();
            this.parameters = parameters;
            StartMicrologits = (long)Math.Round(Math.Log((double)positives / (rows.Length - positives)) * MicrologitsPerLogit);
            var bins = new FeatureBins(table, rows);
            usable = [.. Enumerable.Range(0, bins.Columns).Where(feature => bins.Count(feature) > 0)];
            grower = new TreeGrower(bins, parameters);
            random = new Random(parameters.Seed);
            logits = new long[rows.Length];
            Array.Fill(logits, StartMicrologits);
            gradients = new double[rows.Length];
            hessians = new double[rows.Length];
        }

        public long StartMicrologits { get; }

        /// <summary>The tree that came to the others, alone.</summary>
        public TreeEnsemble AddTree()
        {
            for (var row = 0; row < rows.Length; row++)
            {
                var probability = 1 / (1 + Math.Exp(-logits[row] / MicrologitsPerLogit));
                gradients[row] = probability - (table.IsFraud(rows[row]) ? 1 : 0);
                hessians[row] = probability * (1 - probability);
            }

            var sampled = Draw(rows.Length, parameters.RowShare);
            var features = usable.Length == 0 ? [] : Array.ConvertAll(Draw(usable.Length, parameters.ColumnShare), place => usable[place]);
            var root = nodes.Count;
            grower.Grow(sampled, features, gradients, hessians, nodes);
            roots.Add(root);
            var tree = new TreeEnsemble(table.Columns.Count, 0, [0], [.. nodes.Skip(root).Select(node => Moved(node, -root))]);
            for (var row = 0; row < rows.Length; row++)
                logits[row] += tree.Logit(table.Row(rows[row]));
            return tree;
        }

        public TreeEnsemble Trees(int count)
        {
            var end = count < roots.Count ? roots[count] : nodes.Count;
            return new TreeEnsemble(table.Columns.Count, StartMicrologits, [.. roots.Take(count)], [.. nodes.Take(end)]);
        }

        private static TreeNode Moved(TreeNode node, int by) => node.IsLeaf ? node : node with { Left = node.Left + by };

        /// <summary>So many of the first numbers as the share says, at least one, in ascending order.</summary>
        private int[] Draw(int count, double share)
        {
            var wanted = Math.Clamp((int)Math.Round(count * share), 1, count);
            var drawn = new int[wanted];
            var taken = 0;
            for (var number = 0; taken < wanted; number++)
            {
                // Each one that is left is taken as likely as any other (Knuth, selection sampling).
                if (random.NextDouble() * (count - number) < wanted - taken)
                    drawn[taken++] = number;
            }

            return drawn;
        }
    }
}
