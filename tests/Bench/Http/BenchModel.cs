using Grains.Fraud;
using Grains.Fraud.Model;
using Grains.Fraud.Model.Training;
using Grains.Interfaces.Fraud;

namespace Bench.Http;

/// <summary>A model of the usual size, trained on made-up payments: what is measured is what its score costs, not what it is worth.</summary>
internal static class BenchModel
{
    private const int Payments = 12_000;
    private const int FraudOneIn = 20;
    private const long MinuteMs = 60_000;

    /// <summary>In shadow: it scores every payment, and stops none.</summary>
    public static IRiskModel Train()
    {
        var table = new TrainingTable(FeatureNames.All);
        var random = new Random(3);
        var row = new long[table.Columns.Count];
        for (var payment = 0; payment < Payments; payment++)
        {
            for (var column = 0; column < row.Length; column++)
                row[column] = random.Next(8) == 0 ? FeatureVector.Missing : random.Next(1_000);
            // Some columns matter a little each, so that training needs its trees.
            var risk = Enumerable.Range(0, 12).Sum(column => row[column] is > 700 and var value ? value - 700 : 0) + random.Next(600);
            table.Add(row, risk > 1_450 || random.Next(FraudOneIn * 10) == 0, payment * MinuteMs, payment * MinuteMs);
        }

        var boosting = new BoostingParameters { Rounds = 150, Patience = 150 };
        return new LoadedModel(ModelTraining.Train(table, new TrainingRequest { LabelDelay = TimeSpan.Zero, Boosting = boosting }, DateTimeOffset.UnixEpoch), isPublished: false);
    }
}
