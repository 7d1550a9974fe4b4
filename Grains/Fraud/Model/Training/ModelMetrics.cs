namespace Grains.Fraud.Model.Training;

/// <summary>What a model is worth on payments that it never saw.</summary>
/// <param name="BaseRate">The share of fraud: the average precision of guessing.</param>
/// <param name="LogLoss">Of the calibrated probability, natural logarithm, a payment.</param>
/// <param name="Importance">The features that trees ask for, by how far they move a payment.</param>
public sealed record ModelMetrics(
    double AveragePrecision, double BaseRate, double LogLoss, AtReviewBudget Review, IReadOnlyList<PrecisionRecallPoint> Curve, IReadOnlyList<CalibrationBin> Calibration,
    IReadOnlyList<FeatureImportance> Importance)
{
    /// <summary>The most points of the precision–recall curve.</summary>
    private const int CurveParts = 50;

    internal static ModelMetrics Of(TreeEnsemble trees, Calibration calibration, TrainingTable table, int[] rows, double budget)
    {
        var logits = ModelTraining.Logits(trees, table, rows);
        var labels = ModelTraining.Labels(table, rows);
        var ppm = Array.ConvertAll(logits, calibration.PpmOf);
        return new ModelMetrics(
            RankingMetrics.AveragePrecision(logits, labels),
            (double)labels.Count(static fraud => fraud) / labels.Length,
            ppm.Zip(labels, static (said, fraud) => -Math.Log((fraud ? said : 1_000_000 - said) / 1e6)).Average(),
            RankingMetrics.AtBudget(logits, labels, budget),
            RankingMetrics.Curve(logits, labels, CurveParts),
            CalibrationBin.Of(ppm, labels),
            FeatureImportance.Of(trees, table, rows));
    }
}

/// <summary>How far a feature moves a payment, on average, either way.</summary>
/// <param name="Millilogits">Of the raw logit.</param>
public sealed record FeatureImportance(string Feature, int Millilogits)
{
    internal static IReadOnlyList<FeatureImportance> Of(TreeEnsemble trees, TrainingTable table, int[] rows)
    {
        var sums = new long[table.Columns.Count];
        var contributions = new long[sums.Length];
        foreach (var row in rows)
        {
            Array.Clear(contributions);
            trees.Logit(table.Row(row), contributions);
            for (var column = 0; column < sums.Length; column++)
                sums[column] += Math.Abs(contributions[column]);
        }

        return [.. table.Columns
            .Select((name, column) => new FeatureImportance(name, (int)(sums[column] / rows.Length / 1_000)))
            .Where(static one => one.Millilogits > 0)
            .OrderByDescending(static one => one.Millilogits)];
    }
}
