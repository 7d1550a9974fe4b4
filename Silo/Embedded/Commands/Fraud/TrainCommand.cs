using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Grains.Fraud.Model;
using Grains.Fraud.Model.Training;
using Grains.Fraud.Rules;

namespace Silo.Embedded.Commands.Fraud;

/// <summary>Trains the fraud model on labelled payments, and says what it is worth on later ones that it never saw.</summary>
internal static class TrainCommand
{
    private const int MaxDelayDays = 365;

    private static readonly Option<string> Csv = new("--csv") { Description = "Labelled card payments, plain or .gz.", HelpName = "FILE", Required = true };

    private static readonly Option<string> Out = new("--out") { Description = "Where the model file goes.", HelpName = "DIRECTORY", DefaultValueFactory = static _ => "./models" };

    private static readonly TimeSpan StandardDelay = TimeSpan.FromDays(7);

    private static readonly Option<TimeSpan?> LabelDelay = new("--label-delay")
    {
        Description = $"How long after a payment it is known whether it was fraud, up to {MaxDelayDays}d; younger ones train nothing. [default: {StandardDelay.TotalDays}d]",
        HelpName = "DAYSd|HOURSh",
        CustomParser = Delay,
    };

    private static readonly Option<int> Unseen = Percent("--unseen", "Share of the payments, the last ones, that train nothing and are what the metrics are of, in percent.", 33, 90);

    private static readonly Option<int> ReviewAt = Percent("--review-at", "The probability of fraud, in percent, at which the model alone has a payment reviewed.", 20, 98);

    private static readonly Option<int> DeclineAt = Percent("--decline-at", "The same for declining it; above --review-at.", 95, 99);

    public static DescribedCommand Create()
    {
        var command = new DescribedCommand(
            "train",
            "Train the fraud model on labelled card payments, by time: on what was known, tried on what came later.",
            "./run fraud train --csv payments.csv.gz",
            "./run fraud train --csv payments.csv --label-delay 14d --out ./models --json")
        {
            Csv, Out, LabelDelay, Unseen, ReviewAt, DeclineAt, Screen.JsonOption,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var screen = Screen.Of(parsed);
        var request = Request(parsed);
        var path = parsed.GetValue(Csv)!;
        var (table, model) = await screen.WithProgress("Training", "trees", progress => Task.Run(() => Train(path, request, new TreesShown(progress), cancellationToken), cancellationToken));
        var split = TimeSplit.ByShare(table, request.UnseenShare, model.Manifest.LabelDelayMs);
        var worth = DecisionComparison.Of(FraudRules.Default(), model, table, split.Unseen, request.ReviewBudget);
        var file = Path.GetFullPath(ModelFile.Save(parsed.GetValue(Out)!, model));
        if (screen.IsJson)
            Screen.WriteJson(new { file, manifest = model.Manifest, decisions = worth });
        else
            TrainReport.Tell(screen, file, model.Manifest, worth);
        return ExitCode.Done;
    }

    private static (TrainingTable Table, TrainedModel Model) Train(string path, TrainingRequest request, IProgress<TreesDone> progress, CancellationToken cancellationToken)
    {
        var payments = CardPaymentsCsv.ReadFile(path);
        if (payments.Count == 0)
            throw new InvalidDataException("The CSV file has no payments.");
        var table = CardReplay.Table(payments, request.LabelDelay);
        return (table, ModelTraining.Train(table, request, TimeProvider.System.GetUtcNow(), progress, cancellationToken));
    }

    private static TrainingRequest Request(ParseResult parsed)
    {
        var (review, decline) = (parsed.GetValue(ReviewAt), parsed.GetValue(DeclineAt));
        if (review >= decline)
            throw new CommandFailedException($"--review-at {review} is not below --decline-at {decline}.", ExitCode.Usage);
        const int ppm = 10_000;
        // A third is not a whole number of percent: it is what is meant where nothing is said.
        var unseen = parsed.GetResult(Unseen) is { Implicit: false } ? parsed.GetValue(Unseen) / 100.0 : 1.0 / 3;
        return new TrainingRequest { LabelDelay = parsed.GetValue(LabelDelay) ?? StandardDelay, UnseenShare = unseen, Points = new PointsParameters(review * ppm, decline * ppm) };
    }

    private static Option<int> Percent(string name, string description, int standard, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "PERCENT", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var percent) || percent < 1 || percent > most))
                result.AddError($"{name} is a whole number from 1 to {most}.");
        });
        return option;
    }

    private static TimeSpan? Delay(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MaxDelayDays * 24)
        {
            var delay = text[^1] switch { 'd' => TimeSpan.FromDays(count), 'h' => TimeSpan.FromHours(count), _ => TimeSpan.MaxValue };
            if (delay <= TimeSpan.FromDays(MaxDelayDays))
                return delay;
        }

        result.AddError($"--label-delay is a number of days or hours such as 7d or 36h, up to {MaxDelayDays}d.");
        return null;
    }

    private sealed class TreesShown(IProgress<WorkDone> progress) : IProgress<TreesDone>
    {
        public void Report(TreesDone value) => progress.Report(new WorkDone(value.Done, value.AtMost));
    }
}
