namespace Grains.Fraud.Model;

/// <summary>What a model is worth on payments that it never saw.</summary>
/// <param name="BaseRate">The share of fraud: the average precision of guessing.</param>
/// <param name="LogLoss">Of the calibrated probability, natural logarithm, a payment.</param>
public sealed record ModelMetrics(
    double AveragePrecision, double BaseRate, double LogLoss, AtReviewBudget Review, IReadOnlyList<PrecisionRecallPoint> Curve, IReadOnlyList<CalibrationBin> Calibration)
{
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
            RankingMetrics.Curve(logits, labels),
            CalibrationBin.Of(ppm, labels));
    }
}
