using Grains.Fraud.Model;
using Grains.Fraud.Model.Training;
using Grains.Interfaces.Fraud;

namespace Gateway.Tests.Fraud;

/// <summary>A small model as plain as can be: high amounts are fraud.</summary>
internal static class PlainModel
{
    /// <param name="directory">Takes its file.</param>
    /// <returns>Its version.</returns>
    public static string Train(string directory)
    {
        var names = FeatureNames.All;
        var random = new Random(7);
        var table = new TrainingTable(names);
        for (var i = 0; i < 4_000; i++)
        {
            var isFraud = i % 10 == 3;
            var row = new long[names.Count];
            row[0] = isFraud ? random.Next(500_000, 1_000_000) : random.Next(100, 300_000);
            table.Add(row, isFraud, i * 60_000L, i * 60_000L);
        }

        var model = ModelTraining.Train(table, new TrainingRequest { LabelDelay = TimeSpan.Zero }, DateTimeOffset.UnixEpoch.AddDays(1), null, CancellationToken.None);
        ModelFile.Save(directory, model);
        return model.Manifest.Version;
    }
}
