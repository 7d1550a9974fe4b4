using System.Globalization;
using Spectre.Console;

namespace Bench;

/// <summary>The one table: every absolute figure, its CPU time, and the ratios in which it is the numerator.</summary>
internal static class Report
{
    /// <summary>Wide enough for every row on one line, where there is no terminal that says how wide it is.</summary>
    private const int PlainWidth = 200;

    public static void Write(Results results)
    {
        var settings = new AnsiConsoleSettings();
        if (Console.IsOutputRedirected)
            (settings.Ansi, settings.ColorSystem) = (AnsiSupport.No, ColorSystemSupport.NoColors);
        var console = AnsiConsole.Create(settings);
        if (Console.IsOutputRedirected)
            console.Profile.Width = PlainWidth;
        var table = new Table { Border = Console.IsOutputRedirected ? TableBorder.Ascii2 : TableBorder.Rounded };
        table.AddColumn("figure");
        foreach (var heading in new[] { "min", "median", "max" })
            table.AddColumn(new TableColumn(heading).RightAligned());
        table.AddColumn("unit");
        table.AddColumn(new TableColumn("CPU µs").RightAligned());
        table.AddColumn("ratio");
        foreach (var figure in results.Figures)
        {
            var ratios = results.Ratios.Where(ratio => ratio.Asked.Numerator == figure.Name).Select(Text);
            table.AddRow(Markup.Escape(figure.Title), Number(figure.Min), Number(figure.Median), Number(figure.Max), figure.Unit, figure.Cpu is { } cpu ? Number(cpu.Median) : "", string.Join("\n", ratios));
        }

        console.Write(table);
        foreach (var skipped in results.Skipped)
            console.MarkupLine($"not measured: {Markup.Escape(skipped)}");
    }

    private static string Text((Ratio Asked, Figure Measured) ratio)
    {
        var (asked, measured) = ratio;
        var (isGoal, isEnough) = (asked.IsGoal(measured.Median), asked.IsEnough(measured.Median));
        var colour = isGoal ? "green" : isEnough ? "yellow" : "red";
        if (asked.AtLeast == 0)
            return $"{asked.Name} {Number(measured.Median)} ({Number(measured.Min)}–{Number(measured.Max)})";
        var verdict = isGoal ? "goal reached" : isEnough ? "enough" : asked.IsCost ? "TOO MUCH" : "TOO LITTLE";
        return $"{asked.Name} [{colour}]{Number(measured.Median)}[/] ({Number(measured.Min)}–{Number(measured.Max)}); at {(asked.IsCost ? "most" : "least")} {asked.AtLeast}, goal {asked.Goal}: [{colour}]{verdict}[/]";
    }

    private static string Number(double value) => value switch
    {
        >= 1_000 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
