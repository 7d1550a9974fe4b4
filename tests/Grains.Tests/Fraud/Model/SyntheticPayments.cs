using Grains.Fraud;
using Grains.Fraud.Model;
using Grains.Fraud.Model.Training;

namespace Grains.Tests.Fraud.Model;

/// <summary>Payments whose fraud follows from what is known of them, but for some noise: amounts at night, and a feature that fraud lacks.</summary>
internal static class SyntheticPayments
{
    public const long Minute = 60_000;
    public const long Day = 24 * 60 * Minute;

    public static readonly string[] Columns = ["amount", "hour_of_day", "count24_hours", "since_last_ms"];

    /// <summary>One payment in ten minutes; some eight in a hundred are fraud. Labels are known a day later.</summary>
    public static TrainingTable Table(int rows, int seed, long labelDelayMs = Day)
    {
        var table = new TrainingTable(Columns);
        foreach (var (time, values, isFraud) in Rows(rows, seed))
            table.Add(values, isFraud, time, time + labelDelayMs);
        return table;
    }

    public static IEnumerable<(long Time, long[] Values, bool IsFraud)> Rows(int rows, int seed)
    {
        var random = new Random(seed);
        for (var row = 0; row < rows; row++)
        {
            var amount = (long)Math.Exp(4 + 5 * random.NextDouble());
            var hour = random.Next(24);
            var count = random.Next(12);
            var isRisky = (amount > 3_000 && hour is >= 22 or < 4) || count >= 11;
            var isFraud = random.NextDouble() < (isRisky ? 0.5 : 0.01);
            var sinceLast = isFraud && random.Next(3) == 0 ? FeatureVector.Missing : random.Next(1_000_000);
            yield return (row * 10 * Minute, [amount, hour, count, sinceLast], isFraud);
        }
    }

    public static int[] Range(int from, int to) => [.. Enumerable.Range(from, to - from)];

    public static double AveragePrecision(TreeEnsemble trees, TrainingTable table, int[] rows) =>
        RankingMetrics.AveragePrecision(Array.ConvertAll(rows, row => trees.Logit(table.Row(row))), Array.ConvertAll(rows, table.IsFraud));

    public static TrainedModel Model(int seed = 1, int rows = 6_000) => ModelTraining.Train(
        Table(rows, seed), new TrainingRequest { LabelDelay = TimeSpan.FromDays(1), Boosting = new BoostingParameters { Rounds = 40, Seed = seed } }, DateTimeOffset.UnixEpoch);
}
