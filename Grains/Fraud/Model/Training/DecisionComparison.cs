using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Model.Training;

/// <summary>What came of the payments that a decision held back.</summary>
/// <param name="Payments">How many it would have held back.</param>
/// <param name="Precision">The share of fraud among them; 0 without any.</param>
/// <param name="Recall">The share of all fraud that is among them.</param>
public sealed record HeldBack(int Payments, double Precision, double Recall);

/// <summary>What one way of deciding is worth.</summary>
/// <param name="AveragePrecision">Of the score, 0 to 100.</param>
/// <param name="Budget">At the review budget, by the score.</param>
/// <param name="Stopped">Reviewed or declined.</param>
public sealed record DecisionWorth(string DecidedBy, double AveragePrecision, AtReviewBudget Budget, HeldBack Stopped, HeldBack Declined);

/// <summary>The same payments decided by the rules alone, by the model alone, and by both: by the code that decides live ones.</summary>
public static class DecisionComparison
{
    /// <param name="rules">Those that are published count.</param>
    /// <param name="table">Its columns are all features, in their order, as <see cref="CardReplay.Table"/> makes it.</param>
    /// <param name="rows">Those to decide: the ones that trained nothing.</param>
    public static IReadOnlyList<DecisionWorth> Of(RuleSet rules, TrainedModel model, TrainingTable table, ReadOnlySpan<int> rows, double budget)
    {
        if (!table.Columns.SequenceEqual(FeatureNames.All))
            throw new ArgumentException("The table's columns are not the features of a decision.", nameof(table));
        var published = new LoadedModel(model, isPublished: true);
        var none = rules with { Rules = [] };
        return
        [
            Worth("rules", rules, null, table, rows, budget),
            Worth("rules, shadow ones too", rules with { Rules = [.. rules.Rules.Select(static rule => rule.Mode == RuleMode.Shadow ? rule with { Mode = RuleMode.Published } : rule)] }, null, table, rows, budget),
            Worth("model", none, published, table, rows, budget),
            Worth("rules and model", rules, published, table, rows, budget),
        ];
    }

    private static DecisionWorth Worth(string name, RuleSet rules, IRiskModel? model, TrainingTable table, ReadOnlySpan<int> rows, double budget)
    {
        var scores = new long[rows.Length];
        var labels = new bool[rows.Length];
        for (var place = 0; place < rows.Length; place++)
        {
            var row = rows[place];
            scores[place] = RiskDecider.Decide(rules, model, new FeatureVector(table.Row(row)), RiskFacts.None, table.TimeMs(row)).Score;
            labels[place] = table.IsFraud(row);
        }

        return new DecisionWorth(
            name, RankingMetrics.AveragePrecision(scores, labels), RankingMetrics.AtBudget(scores, labels, budget), From(rules.ReviewAt, scores, labels), From(rules.DeclineAt, scores, labels));
    }

    private static HeldBack From(int score, long[] scores, bool[] labels)
    {
        var (payments, frauds) = (0, 0);
        for (var place = 0; place < scores.Length; place++)
        {
            if (scores[place] < score)
                continue;
            payments++;
            frauds += labels[place] ? 1 : 0;
        }

        var all = labels.Count(static fraud => fraud);
        return new HeldBack(payments, payments == 0 ? 0 : (double)frauds / payments, all == 0 ? 0 : (double)frauds / all);
    }
}
