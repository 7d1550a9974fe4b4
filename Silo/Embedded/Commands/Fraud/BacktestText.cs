using System.Globalization;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Fraud.Backtest;
using Spectre.Console;

namespace Silo.Embedded.Commands.Fraud;

/// <summary>What a backtest found, for people.</summary>
internal static class BacktestText
{
    private const int Shown = 10;

    public static void Tell(Screen screen, BacktestReport report)
    {
        screen.Line($"{report.Decisions:N0} decisions of {report.Payments:N0} payments made again{(report.IsUnchanged ? " by the rules that made them" : "")}:");
        screen.Line($"  [{(report.IsFinding ? "red" : "green")}]{report.Equal:N0} equal[/], {report.Restated:N0} of the same outcome but for score or reasons, {report.Changed:N0} of another outcome.");
        if (report.NotReplayed > 0)
            screen.Line($"  [yellow]{report.NotReplayed:N0} not made again[/]: their rule set is not known here, or their facts were not recorded.");
        if (report.ModelAsRecorded > 0)
            screen.Line($"  {report.ModelAsRecorded:N0} took what the model found from the record: that model is not loaded here.");
        if (report.IsUnchanged)
            screen.Line(report.IsFinding ? "[red]A replay of unchanged rules must be equal: these rules are not the ones that decided, or something is wrong.[/]" : "Nothing differs.");
        else
            TellChanges(screen, report);
        foreach (var overlap in report.Overlaps)
            TellOverlap(screen, overlap);
        if (report.Samples.Count > 0)
            screen.Write(Samples(report));
    }

    private static void TellChanges(Screen screen, BacktestReport report)
    {
        foreach (var change in report.Outcomes.Where(static change => change.From != change.To))
            screen.Line($"  {Word(change.From)} → {Word(change.To)}: {change.Payments:N0} payments, {string.Join(", ", change.Amounts.Select(static money => $"{money.Amount} {money.Currency}"))}");
        var table = new Table { Border = screen.IsLive ? TableBorder.Rounded : TableBorder.Ascii2 };
        table.AddColumns("of labelled payments", "precision", "recall", "false positives a fraud", "fraud stopped", "fraud missed");
        Add(table, "before, by number", report.Before.Payments);
        Add(table, "after, by number", report.After.Payments);
        foreach (var (before, after) in report.Before.Money.Zip(report.After.Money))
        {
            Add(table, $"before, {before.Currency}", before.Rates);
            Add(table, $"after, {after.Currency}", after.Rates);
        }

        screen.Write(table);
    }

    private static void TellOverlap(Screen screen, RuleOverlap overlap)
    {
        screen.Line($"{overlap.Rule}{(overlap.Counts || overlap.Spoke.Payments == 0 ? "" : ", if it counted,")} speaks of {Sum(overlap.Spoke)} and stops {Sum(overlap.Stopped)}:");
        screen.Line($"  alone {Sum(overlap.Alone)}; without it approved: {Sum(overlap.Needed)}.");
        foreach (var shared in overlap.Shared)
            screen.Line($"  with {shared.With}{(shared.Counts ? "" : " (in shadow)")}: {Sum(shared.Both)}");
    }

    private static string Sum(PaymentSum sum) =>
        $"{sum.Payments:N0} payments{(sum.Amounts.Count == 0 ? "" : " of ")}{string.Join(", ", sum.Amounts.Select(static money => $"{money.Amount} {money.Currency}"))}";

    private static void Add(Table table, string title, BacktestRates rates) =>
        table.AddRow(title, Number(rates.Precision), Number(rates.Recall), Number(rates.FalsePositiveRatio), rates.FraudStopped, rates.FraudMissed);

    private static Table Samples(BacktestReport report)
    {
        var table = new Table { Border = TableBorder.None };
        table.AddColumns("payment", "amount", "before", "after", "why");
        foreach (var sample in report.Samples.Take(Shown))
        {
            table.AddRow(
                sample.PaymentId, $"{sample.Amount} {sample.Currency}", Side(sample.Before), Side(sample.After),
                Markup.Escape(string.Join("; ", sample.After.Reasons.Except(sample.Before.Reasons).Concat(sample.Before.Reasons.Except(sample.After.Reasons)).Select(static reason => $"{reason.Rule} {reason.Points:+0;-0}"))));
        }

        return table;
    }

    private static string Side(SampledDecision decision) => $"{Word(decision.Outcome)} {decision.Score}";

    private static string Word(RiskOutcome outcome) => outcome switch
    {
        RiskOutcome.Approve => "approve",
        RiskOutcome.Review => "review",
        RiskOutcome.Decline => "decline",
    };

    private static string Number(decimal? number) => number?.ToString("0.####", CultureInfo.InvariantCulture) ?? "–";
}
