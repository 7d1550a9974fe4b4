using System.Globalization;
using Grains.Fraud;
using Grains.Fraud.Model;
using Grains.Interfaces.Fraud;

namespace Silo.Tests.Commands;

public sealed class FraudTrainTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("payments-train-").FullName;

    [Fact]
    public async Task A_model_is_trained_written_and_told_of()
    {
        var csv = Csv(6_000);
        var ended = await Executable.Run("fraud", "train", "--csv", csv, "--out", Path.Combine(folder, "models"), "--label-delay", "36h", "--json");
        Assert.True(ended.ExitCode == 0, ended.Error);
        var manifest = ended.Json.GetProperty("manifest");
        Assert.Equal(36 * 3_600_000, manifest.GetProperty("labelDelayMs").GetInt64());
        Assert.Equal(2_000, manifest.GetProperty("rows").GetProperty("unseen").GetInt32());
        Assert.Equal(36 * 60 / 10 - 1, manifest.GetProperty("rows").GetProperty("waiting").GetInt32());
        var metrics = manifest.GetProperty("metrics");
        Assert.True(metrics.GetProperty("averagePrecision").GetDouble() > 3 * metrics.GetProperty("baseRate").GetDouble());
        Assert.Equal(["rules", "rules, shadow ones too", "model", "rules and model"], ended.Json.GetProperty("decisions").EnumerateArray().Select(static one => one.GetProperty("decidedBy").GetString()));

        var model = new LoadedModel(ModelFile.Load(ended.Json.GetProperty("file").GetString()!), isPublished: true);
        Assert.Equal(manifest.GetProperty("version").GetString(), model.Version);
        Assert.True(model.Score(new FeatureVector { [Feature.Amount] = 90_000 }).ProbabilityPpm > model.Score(new FeatureVector { [Feature.Amount] = 1_000 }).ProbabilityPpm);

        var told = await Executable.Run("fraud", "train", "--csv", csv, "--out", Path.Combine(folder, "models"), "--review-at", "30");
        Assert.Equal(0, told.ExitCode);
        Assert.Contains("Average precision", told.Output, StringComparison.Ordinal);
        Assert.Contains("rules and model", told.Output, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(folder, "models")).Length);
    }

    [Fact]
    public async Task What_cannot_be_trained_on_is_told_and_leaves_no_file()
    {
        var models = Path.Combine(folder, "models");
        var missing = await Executable.Run("fraud", "train", "--csv", Path.Combine(folder, "none.csv"), "--out", models);
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("none.csv", missing.Error, StringComparison.Ordinal);
        var few = await Executable.Run("fraud", "train", "--csv", Csv(60), "--out", models, "--json");
        Assert.Equal(1, few.ExitCode);
        Assert.Contains("are fraud", few.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(models));
    }

    [Theory]
    [InlineData("--label-delay", "7")]
    [InlineData("--label-delay", "400d")]
    [InlineData("--unseen", "0")]
    [InlineData("--review-at", "96")]
    [InlineData("--review-at", "1.5")]
    public async Task What_makes_no_sense_is_refused(string option, string value)
    {
        var ended = await Executable.Run("fraud", "train", "--csv", Csv(10), option, value);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(option, ended.Error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // One payment in ten minutes; high amounts are mostly fraud.
    private string Csv(int payments)
    {
        var path = Path.Combine(folder, $"payments-{payments}.csv");
        var random = new Random(1);
        using var file = new StreamWriter(path);
        file.WriteLine("unix_time,card,amount_usd,merchant,is_fraud");
        for (var payment = 0; payment < payments; payment++)
        {
            var amount = random.Next(100, 100_000) / 100m;
            var isFraud = random.NextDouble() < (amount > 800 ? 0.5 : 0.02);
            file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{1_735_689_600 + payment * 600},card_{random.Next(20)},{amount:0.00},\"Shop, {random.Next(50)}\",{(isFraud ? 1 : 0)}"));
        }

        return path;
    }
}
