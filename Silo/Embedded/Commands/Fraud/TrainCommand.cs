using System.CommandLine;
using Grains.Fraud.Backtest;
using Grains.Fraud.Model;
using Grains.Fraud.Model.Training;
using Grains.Fraud.Rules;

namespace Silo.Embedded.Commands.Fraud;

/// <summary>
/// Trains the fraud model on the ledger's own labelled history, or on a file's payments, and says what it is worth on later ones that it
/// never saw.
/// </summary>
internal static class TrainCommand
{
    public static DescribedCommand Create()
    {
        var command = new DescribedCommand(
            "train",
            "Train the fraud model, by time: on what was known, tried on what came later. On this ledger's judged payments with what became of them, or on a file of card payments.",
            "./run fraud train",
            "./run fraud train --label-delay 14d --from 2026-01-01T00:00:00Z",
            "./run fraud train --csv payments.csv.gz --out ./models --json");
        foreach (var option in TrainOptions.All)
            command.Options.Add(option);
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var screen = Screen.Of(parsed);
        var request = TrainOptions.Request(parsed);
        var (table, at, labels) = parsed.GetValue(TrainOptions.Csv) is { } csv
            ? (ReadFile(csv, request), TimeProvider.System.GetUtcNow(), null)
            : await ReadLedger(screen, parsed, request, cancellationToken);
        var model = await screen.WithProgress("Training", "trees", progress =>
            Task.Run(() => ModelTraining.Train(table, request, at, new TreesShown(progress), cancellationToken), cancellationToken));
        model = model with { Manifest = model.Manifest with { Labels = labels } };
        var split = TimeSplit.ByShare(table, request.UnseenShare, model.Manifest.LabelDelayMs);
        var worth = DecisionComparison.Of(FraudRules.Default(), model, table, split.Unseen, request.ReviewBudget);
        var file = Path.GetFullPath(ModelFile.Save(TrainOptions.Directory(parsed), model));
        if (screen.IsJson)
            Screen.WriteJson(new { file, manifest = model.Manifest, decisions = worth });
        else
            TrainReport.Tell(screen, file, model.Manifest, worth);
        return ExitCode.Done;
    }

    private static TrainingTable ReadFile(string path, TrainingRequest request)
    {
        var payments = CardPaymentsCsv.ReadFile(path);
        return payments.Count > 0 ? CardReplay.Table(payments, request.LabelDelay) : throw new InvalidDataException("The CSV file has no payments.");
    }

    private static async Task<(TrainingTable Table, DateTimeOffset At, LedgerLabelCounts? Labels)> ReadLedger(Screen screen, ParseResult parsed, TrainingRequest request, CancellationToken cancellationToken)
    {
        using var recorded = RecordedLogs.Open(parsed);
        var asked = new LedgerHistoryRequest { At = parsed.GetValue(TrainOptions.At), From = parsed.GetValue(TrainOptions.From), LabelDelay = request.LabelDelay };
        var history = await screen.WithProgress("Reading", "rows", progress =>
            Task.Run(() => new LedgerHistory(recorded.Shards, recorded.Key).Read(asked, new RowsShown(progress), cancellationToken), cancellationToken));
        EnoughLabels.Require(history, request);
        return (history.Table, history.At, history.Labels);
    }

    private sealed class RowsShown(IProgress<WorkDone> progress) : IProgress<BacktestProgress>
    {
        public void Report(BacktestProgress value) => progress.Report(new WorkDone(value.Done, value.Total));
    }

    private sealed class TreesShown(IProgress<WorkDone> progress) : IProgress<TreesDone>
    {
        public void Report(TreesDone value) => progress.Report(new WorkDone(value.Done, value.AtMost));
    }
}
