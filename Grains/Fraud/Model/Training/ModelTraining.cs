using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Grains.Fraud.Model.Training;

/// <summary>What a training is asked for beside its rows.</summary>
public sealed record TrainingRequest
{
    /// <summary>How old a payment must be for its label to be known; 0 or more.</summary>
    public required TimeSpan LabelDelay { get; init; }

    /// <summary>The last rows, as many as this share says, train nothing and are what the metrics are of: above 0, under 1.</summary>
    public double UnseenShare { get; init; } = 1.0 / 3;

    /// <summary>Of the known rows, the last ones calibrate, and those before them end the training: above 0, both together under 1.</summary>
    public double CalibrationShare { get; init; } = 0.15;

    public double StoppingShare { get; init; } = 0.15;

    /// <summary>The share of payments that analysts can look at.</summary>
    public double ReviewBudget { get; init; } = 0.01;

    public BoostingParameters Boosting { get; init; } = new();

    public PointsParameters Points { get; init; } = new();
}

/// <summary>How far a training is, in trees; it may end before all of them.</summary>
public readonly record struct TreesDone(int Done, int AtMost);

/// <summary>
/// From a table to a model: rows whose labels were known at the cut are parted by time into those that grow trees, those that say how
/// many trees, and those that calibrate. The trees are then grown again on the first two parts. The last part has seen no tree grow,
/// and everything from the cut on has seen nothing: it is what the metrics are of.
/// </summary>
public static class ModelTraining
{
    /// <summary>Frauds, and good payments, that each part has at least.</summary>
    internal const int MinFrauds = 10;

    /// <param name="now">When it is trained: a part of the version. The same rows, request and time give the same model, to the bit.</param>
    /// <exception cref="InvalidDataException">Too few frauds or good payments in one of the parts.</exception>
    public static TrainedModel Train(TrainingTable table, TrainingRequest request, DateTimeOffset now, IProgress<TreesDone>? progress = null, CancellationToken cancellationToken = default)
    {
        var split = TimeSplit.ByShare(table, request.UnseenShare, (long)request.LabelDelay.TotalMilliseconds);
        var known = split.Known;
        var growing = known[..(int)(known.Length * (1 - request.StoppingShare - request.CalibrationShare))];
        var grown = known[..(int)(known.Length * (1 - request.CalibrationShare))];
        var (stopping, calibrating) = (known[growing.Length..grown.Length], known[grown.Length..]);
        Require(table, growing, "that grow trees");
        Require(table, stopping, "that say how many trees");
        Require(table, calibrating, "that calibrate");
        var most = request.Boosting.Rounds;
        var rounds = BoostedTrees.FindRounds(table, growing, stopping, request.Boosting, new Rounds(progress, 0, 2 * most), cancellationToken);
        var trees = BoostedTrees.Train(table, grown, request.Boosting with { Rounds = rounds }, new Rounds(progress, most, most + rounds), cancellationToken);
        var line = PlattLine.Fit(Logits(trees, table, calibrating), Labels(table, calibrating));
        var calibration = line.Knots();
        var hash = table.Hash(known);
        var manifest = new ModelManifest
        {
            Version = $"{now.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}-{Digits(hash, request)}",
            Created = now,
            DataHash = hash,
            Features = [.. table.Columns],
            Rows = new TrainingRows(growing.Length, stopping.Length, calibrating.Length, known.Length, table.Positives(known), split.Waiting.Length, split.Unseen.Length, table.Positives(split.Unseen)),
            Times = new TrainingTimes(At(table, known[0]), At(table, stopping[0]), At(table, calibrating[0]), At(table, known[^1]), At(table, split.Unseen[0]), At(table, split.Unseen[^1])),
            LabelDelayMs = split.LabelDelayMs,
            Boosting = request.Boosting,
            Trees = rounds,
            Platt = line,
            Points = request.Points,
            Metrics = ModelMetrics.Of(trees, calibration, table, split.Unseen, request.ReviewBudget),
        };
        return new TrainedModel(manifest, trees, calibration, request.Points.Scale());
    }

    internal static long[] Logits(TreeEnsemble trees, TrainingTable table, int[] rows) => Array.ConvertAll(rows, row => trees.Logit(table.Row(row)));

    internal static bool[] Labels(TrainingTable table, int[] rows) => Array.ConvertAll(rows, table.IsFraud);

    private static void Require(TrainingTable table, int[] rows, string what)
    {
        var frauds = table.Positives(rows);
        if (frauds < MinFrauds || rows.Length - frauds < MinFrauds)
            throw new InvalidDataException($"Of the {rows.Length} payments {what}, {frauds} are fraud: at least {MinFrauds} of either kind are needed. A longer history, a shorter label delay or a smaller unseen share gives more.");
    }

    // The same rows with another request are another model, and another file.
    private static string Digits(string hash, TrainingRequest request) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hash + JsonSerializer.Serialize(request))))[..8];

    private static DateTimeOffset At(TrainingTable table, int row) => DateTimeOffset.FromUnixTimeMilliseconds(table.TimeMs(row));

    private sealed class Rounds(IProgress<TreesDone>? progress, int before, int atMost) : IProgress<int>
    {
        public void Report(int value) => progress?.Report(new TreesDone(before + value, atMost));
    }
}
