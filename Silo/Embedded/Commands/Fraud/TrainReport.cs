using Grains.Fraud.Model;
using Grains.Fraud.Model.Training;
using Spectre.Console;

namespace Silo.Embedded.Commands.Fraud;

/// <summary>What a training came to, for people.</summary>
internal static class TrainReport
{
    private const int MostShown = 6;

    public static void Tell(Screen screen, string file, ModelManifest manifest, IReadOnlyList<DecisionWorth> worth)
    {
        var (rows, times, metrics) = (manifest.Rows, manifest.Times, manifest.Metrics);
        screen.Line($"[green]Trained[/] {manifest.Trees:N0} trees on {rows.Known:N0} payments, {rows.KnownFrauds:N0} of them fraud, {Day(times.From)} to {Day(times.KnownUntil)}.");
        screen.Line($"Tried on {rows.Unseen:N0} later ones, {rows.UnseenFrauds:N0} of them fraud, {Day(times.Cut)} to {Day(times.Until)}, which trained nothing.");
        if (manifest.Labels is { } labels)
        {
            screen.Line($"As of {manifest.Created:u}: fraud by {labels.FraudByCase:N0} closed cases and {labels.FraudByReturn:N0} returns, good by {labels.GoodByCase:N0} closed cases and by silence {labels.GoodBySilence:N0}.");
            screen.Line($"[grey]No part took {labels.Young:N0} younger ones, {labels.Unknown:N0} whose case is open or that were stopped without a label, {labels.NotJudged:N0} never judged.[/]");
        }

        screen.Line($"[grey]{rows.Waiting:N0} payments before {times.Cut:u} trained nothing: what they were was not known yet.[/]");
        screen.Line();
        screen.Line($"Average precision of the probability [bold]{metrics.AveragePrecision:0.000}[/], of guessing {metrics.BaseRate:0.000}.");
        screen.Line($"Of the riskiest {metrics.Review.Payments:N0} ({metrics.Review.Budget:P0} of payments), {metrics.Review.Precision:P1} are fraud: {metrics.Review.Recall:P1} of all fraud.");
        screen.Write(Worth(worth));
        screen.Line();
        screen.Line("How probabilities came true:");
        screen.Write(Calibration(metrics.Calibration));
        screen.Line();
        screen.Line($"What moved payments most, in logits: {string.Join(", ", metrics.Importance.Take(MostShown).Select(static one => $"{one.Feature} {one.Millilogits / 1e3:0.00}"))}.");
        screen.Line($"Model {manifest.Version.EscapeMarkup()}: {file.EscapeMarkup()}");
    }

    private static Table Worth(IReadOnlyList<DecisionWorth> worth)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("decided by", "average precision", "at budget: precision", "recall", "stopped", "precision", "recall", "declined", "precision", "recall");
        foreach (var one in worth)
        {
            table.AddRow(
                one.DecidedBy.EscapeMarkup(), $"{one.AveragePrecision:0.000}", $"{one.Budget.Precision:P1}", $"{one.Budget.Recall:P1}",
                $"{one.Stopped.Payments:N0}", $"{one.Stopped.Precision:P1}", $"{one.Stopped.Recall:P1}",
                $"{one.Declined.Payments:N0}", $"{one.Declined.Precision:P1}", $"{one.Declined.Recall:P1}");
        }

        foreach (var column in table.Columns.Skip(1))
            column.RightAligned();
        return table;
    }

    private static Table Calibration(IReadOnlyList<CalibrationBin> bins)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("probability", "payments", "fraud", "said", "came");
        foreach (var bin in bins)
            table.AddRow($"{bin.FromPpm / 1e6:P1} to {bin.ToPpm / 1e6:P1}", $"{bin.Payments:N0}", $"{bin.Frauds:N0}", $"{bin.Said:P2}", $"{bin.Came:P2}");
        foreach (var column in table.Columns.Skip(1))
            column.RightAligned();
        return table;
    }

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd");
}
