namespace Grains.Fraud.Model.Training;

/// <summary>A threshold's worth: who is at or above it.</summary>
/// <param name="Share">Of all payments.</param>
public sealed record PrecisionRecallPoint(double Share, double Precision, double Recall);

/// <summary>What analysts find who look at the riskiest payments, as many as they have the time for.</summary>
/// <param name="Budget">Share of all payments.</param>
/// <param name="Payments">How many that is.</param>
public sealed record AtReviewBudget(double Budget, int Payments, double Precision, double Recall);

/// <summary>How well scores order payments. Payments of one score stand together: no order among them is taken for granted.</summary>
public static class RankingMetrics
{
    /// <summary>
    /// Sum over the distinct scores, from the highest, of the gain in recall times the precision there: without interpolation, as
    /// scikit-learn's <c>average_precision_score</c>. 0 where nothing is fraud.
    /// </summary>
    public static double AveragePrecision(ReadOnlySpan<long> scores, ReadOnlySpan<bool> isFraud)
    {
        var sum = 0.0;
        var before = 0;
        foreach (var (payments, frauds) in Steps(scores, isFraud))
        {
            sum += (double)(frauds - before) * frauds / payments;
            before = frauds;
        }

        return before == 0 ? 0 : sum / before;
    }

    /// <summary>Of payments that share the last score of the budget, as much fraud is counted as their part within it bears on average.</summary>
    /// <param name="budget">Share of the payments, above 0 up to 1; at least one payment is looked at.</param>
    public static AtReviewBudget AtBudget(ReadOnlySpan<long> scores, ReadOnlySpan<bool> isFraud, double budget)
    {
        var steps = Steps(scores, isFraud);
        if (steps.Count == 0)
            return new AtReviewBudget(budget, 0, 0, 0);
        var wanted = Math.Clamp((int)Math.Round(scores.Length * budget), 1, scores.Length);
        var (payments, frauds) = (0, 0);
        var found = 0.0;
        foreach (var step in steps)
        {
            if (step.Payments >= wanted)
            {
                found = frauds + (double)(step.Frauds - frauds) * (wanted - payments) / (step.Payments - payments);
                break;
            }

            (payments, frauds) = step;
        }

        return new AtReviewBudget(budget, wanted, found / wanted, steps[^1].Frauds == 0 ? 0 : found / steps[^1].Frauds);
    }

    /// <summary>The curve where recall passes each further part of <paramref name="parts"/>, from the highest score to the whole.</summary>
    public static IReadOnlyList<PrecisionRecallPoint> Curve(ReadOnlySpan<long> scores, ReadOnlySpan<bool> isFraud, int parts = 20)
    {
        var curve = new List<PrecisionRecallPoint>();
        var steps = Steps(scores, isFraud);
        if (steps.Count == 0 || steps[^1].Frauds == 0)
            return curve;
        foreach (var (payments, frauds) in steps)
        {
            var recall = (double)frauds / steps[^1].Frauds;
            if (recall * parts < curve.Count + 1 - 1e-9)
                continue;
            curve.Add(new PrecisionRecallPoint((double)payments / scores.Length, (double)frauds / payments, recall));
            // One step may pass several parts at once.
            while (recall * parts >= curve.Count + 1 - 1e-9 && curve.Count < parts)
                curve.Add(curve[^1]);
        }

        return [.. curve.Distinct()];
    }

    /// <summary>How many payments, and frauds among them, have each distinct score or a higher one, from the highest.</summary>
    private static List<(int Payments, int Frauds)> Steps(ReadOnlySpan<long> scores, ReadOnlySpan<bool> isFraud)
    {
        if (scores.Length != isFraud.Length)
            throw new ArgumentException($"There are {scores.Length} scores and {isFraud.Length} labels.", nameof(isFraud));
        var sorted = scores.ToArray();
        var labels = isFraud.ToArray();
        Array.Sort(sorted, labels);
        var steps = new List<(int Payments, int Frauds)>();
        var frauds = 0;
        for (var place = sorted.Length - 1; place >= 0; place--)
        {
            frauds += labels[place] ? 1 : 0;
            if (place == 0 || sorted[place - 1] != sorted[place])
                steps.Add((sorted.Length - place, frauds));
        }

        return steps;
    }
}
