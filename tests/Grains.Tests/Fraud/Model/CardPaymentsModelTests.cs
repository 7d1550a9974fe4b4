using System.Diagnostics;
using System.Text.Json;
using Grains.Fraud;
using Grains.Fraud.Model;
using Grains.Fraud.Model.Training;
using Grains.Fraud.Rules;
using Xunit.Abstractions;

namespace Grains.Tests.Fraud.Model;

/// <summary>The model on 20,483 simulated card payments, of which 945 are fraud: trained on what was known at two thirds, measured on the last third.</summary>
public sealed class CardPaymentsModelTests(CardPaymentsFixture payments, ITestOutputHelper output) : IClassFixture<CardPaymentsFixture>
{
    private const double LeastShareOfReference = 0.95;
    private static readonly TimeSpan ReferenceTimeout = TimeSpan.FromMinutes(5);

    [MaterialFact]
    public void The_model_is_worth_what_the_documentation_says()
    {
        var (rows, metrics) = (payments.Model.Manifest.Rows, payments.Model.Manifest.Metrics);
        output.WriteLine($"{rows}");
        output.WriteLine($"{payments.Model.Manifest.Trees} trees, average precision {metrics.AveragePrecision:0.0000}, log loss {metrics.LogLoss:0.0000}, {metrics.Review}, {payments.Model.Manifest.Platt}");
        foreach (var bin in metrics.Calibration)
            output.WriteLine($"{bin}");
        Assert.Equal((20_483, 6_828, 207), (rows.Known + rows.Waiting + rows.Unseen, rows.Unseen, rows.UnseenFrauds));
        Assert.True(metrics.AveragePrecision > 0.93, $"Average precision is {metrics.AveragePrecision:0.0000}.");
        // 68 payments, of 207 frauds: recall cannot be more than 0.33.
        Assert.Equal(68, metrics.Review.Payments);
        Assert.True(metrics.Review.Precision > 0.97, $"{metrics.Review}");
        Assert.True(metrics.Review.Recall > 0.31, $"{metrics.Review}");
    }

    [MaterialFact]
    public void A_high_probability_comes_true_and_a_low_one_does_not()
    {
        var bins = payments.Model.Manifest.Metrics.Calibration;
        Assert.All(bins.Where(static bin => bin.FromPpm >= 900_000), static bin => Assert.InRange(bin.Came, 0.9, 1));
        Assert.All(bins.Where(static bin => bin.ToPpm <= 10_000), static bin => Assert.InRange(bin.Came, 0, 0.01));
    }

    [MaterialFact(needsScikitLearn: true)]
    public void Average_precision_is_near_that_of_gradient_boosting_in_scikit_learn()
    {
        var reference = Reference(payments.Table, payments.Model);
        output.WriteLine($"scikit-learn {reference.Version}, trained on {reference.KnownRows} rows with {reference.Features.Length} features, measured on {reference.UnseenRows}");
        foreach (var model in reference.Models)
            output.WriteLine($"{model.AveragePrecision:0.0000} at budget {model.Precision:0.000} and {model.Recall:0.000}: {model.Name}({model.Parameters})");
        var ours = payments.Model.Manifest.Metrics.AveragePrecision;
        var best = reference.Models.Max(static model => model.AveragePrecision);
        output.WriteLine($"{ours:0.0000} ours, {ours / best:0.000} of the best");
        Assert.Equal((payments.Model.Manifest.Rows.Known, payments.Model.Manifest.Rows.Unseen), (reference.KnownRows, reference.UnseenRows));
        Assert.Equal(reference.Ours, ours, 9);
        Assert.True(ours >= LeastShareOfReference * best, $"Ours is {ours:0.0000}, {ours / best:0.000} of {best:0.0000}.");
    }

    [MaterialFact]
    public void Shuffled_labels_bring_average_precision_to_the_base_rate()
    {
        var table = payments.Table;
        var labels = SyntheticPayments.Range(0, table.Rows).Select(table.IsFraud).ToArray();
        new Random(4).Shuffle(labels);
        var shuffled = new TrainingTable(table.Columns);
        for (var row = 0; row < table.Rows; row++)
            shuffled.Add(table.Row(row), labels[row], table.TimeMs(row), table.LabelKnownMs(row));
        var metrics = ModelTraining.Train(shuffled, CardPaymentsFixture.Request, DateTimeOffset.UnixEpoch).Manifest.Metrics;
        var highest = Chance.HighestAveragePrecision(labels[^payments.Model.Manifest.Rows.Unseen..], 2_000);
        output.WriteLine($"{metrics.AveragePrecision:0.0000} at a base rate of {metrics.BaseRate:0.0000}; one guess in a thousand is above {highest:0.0000}");
        Assert.InRange(metrics.AveragePrecision, 0.6 * metrics.BaseRate, highest);
    }

    [MaterialFact]
    public void The_model_finds_what_rules_do_not()
    {
        var table = payments.Table;
        var unseen = TimeSplit.ByShare(table, CardPaymentsFixture.Request.UnseenShare, payments.Model.Manifest.LabelDelayMs).Unseen;
        var worth = DecisionComparison.Of(FraudRules.Default(), payments.Model, table, unseen, 0.01).ToDictionary(static one => one.DecidedBy);
        foreach (var one in worth.Values)
            output.WriteLine($"{one}");
        var (rules, model, both) = (worth["rules"], worth["model"], worth["rules and model"]);
        Assert.True(model.AveragePrecision > rules.AveragePrecision && both.AveragePrecision > rules.AveragePrecision);
        // The score is the probability in a hundred steps: what ties is all that is lost.
        Assert.InRange(model.AveragePrecision, payments.Model.Manifest.Metrics.AveragePrecision - 0.02, payments.Model.Manifest.Metrics.AveragePrecision + 0.02);
        var points = new LoadedModel(payments.Model, isPublished: true);
        Assert.Equal(unseen.Count(row => points.Score(new FeatureVector(table.Row(row))).Points >= RuleSet.DefaultReviewAt), model.Stopped.Payments);
        Assert.True(model.Stopped.Recall > 0.9 && model.Stopped.Precision > 0.6, $"{model.Stopped}");
        Assert.True(model.Declined.Precision > 0.95, $"{model.Declined}");
        // Points are added, and none of these rules takes any away.
        Assert.True(both.Stopped.Payments >= Math.Max(rules.Stopped.Payments, model.Stopped.Payments));
    }

    [MaterialFact]
    public void Features_of_a_payment_hang_on_none_that_came_later()
    {
        var all = CardPaymentsCsv.ReadFile(MaterialFactAttribute.Path);
        var before = CardReplay.Table([.. all.Take(8_000)], TimeSpan.Zero);
        for (var row = 0; row < before.Rows; row += 7)
            Assert.True(payments.Table.Row(row).SequenceEqual(before.Row(row)), $"Row {row} differs.");
    }

    private static ReferenceReport Reference(TrainingTable table, TrainedModel model)
    {
        var folder = Directory.CreateTempSubdirectory("fraud-reference-");
        try
        {
            var path = Path.Combine(folder.FullName, "table.csv");
            Write(path, table, model);
            var script = Path.Combine(AppContext.BaseDirectory, "Fraud", "Model", "scikit_learn_reference.py");
            using var process = Process.Start(new ProcessStartInfo(MaterialFactAttribute.Python, [script, path]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var answer = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(ReferenceTimeout))
            {
                process.Kill();
                Assert.Fail($"scikit-learn was not done after {ReferenceTimeout}.");
            }

            Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
            return JsonSerializer.Deserialize<ReferenceReport>(answer.GetAwaiter().GetResult(), JsonSerializerOptions.Web)!;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Write(string path, TrainingTable table, TrainedModel model)
    {
        var split = TimeSplit.ByShare(table, CardPaymentsFixture.Request.UnseenShare, (long)CardPaymentsFixture.Request.LabelDelay.TotalMilliseconds);
        var parts = new string[table.Rows];
        foreach (var (rows, name) in new[] { (split.Known, "known"), (split.Waiting, "waiting"), (split.Unseen, "unseen") })
        {
            foreach (var row in rows)
                parts[row] = name;
        }

        using var file = new StreamWriter(path);
        file.WriteLine($"slice,label,ours,{string.Join(',', table.Columns)}");
        for (var row = 0; row < table.Rows; row++)
        {
            var values = Array.ConvertAll(table.Row(row).ToArray(), static value => value == FeatureVector.Missing ? "" : $"{value}");
            file.WriteLine($"{parts[row]},{(table.IsFraud(row) ? 1 : 0)},{model.Trees.Logit(table.Row(row))},{string.Join(',', values)}");
        }
    }

    private sealed record ReferenceReport(string Version, int KnownRows, int UnseenRows, string[] Features, double Ours, ReferenceModel[] Models);

    private sealed record ReferenceModel(string Name, string Parameters, double AveragePrecision, double Precision, double Recall);
}
