using Grains.Fraud.Model;
using Grains.Fraud.Model.Training;
using Grains.Interfaces.Fraud;

namespace Console.Tests;

/// <summary>Models of made-up payments: high amounts are mostly fraud.</summary>
internal static class TrainedModel
{
    private const int Payments = 6_000;
    private const long MinuteMs = 60_000;

    /// <summary>Trains one into a directory.</summary>
    /// <returns>Its version.</returns>
    public static string Save(string directory, int seed = 1)
    {
        var random = new Random(seed);
        var table = new TrainingTable(FeatureNames.All);
        for (var payment = 0; payment < Payments; payment++)
        {
            var row = new long[table.Columns.Count];
            Array.Fill(row, long.MinValue);
            (row[(int)Feature.Amount], row[(int)Feature.Count24Hours], row[(int)Feature.HourOfDay]) = (random.Next(100, 100_000), random.Next(20), random.Next(24));
            var chance = row[(int)Feature.Amount] > 80_000 ? 0.4 : row[(int)Feature.Count24Hours] > 17 ? 0.2 : 0.01;
            table.Add(row, random.NextDouble() < chance, payment * MinuteMs, payment * MinuteMs);
        }

        var model = ModelTraining.Train(table, new TrainingRequest { LabelDelay = TimeSpan.Zero }, DateTimeOffset.UnixEpoch.AddYears(56).AddDays(seed));
        ModelFile.Save(directory, model);
        return model.Manifest.Version;
    }
}
