using System.CommandLine;
using Spectre.Console;

namespace Silo.Embedded.Commands;

/// <summary>Whether this machine and this data directory are fit for a ledger.</summary>
internal static class DoctorCommand
{
    public static DescribedCommand Create()
    {
        var command = new DescribedCommand(
            "doctor",
            "Check ports, clock, and the data directory (disk space, fsync time, key file, schema) or the database. Exit 1 where something is wrong.",
            "./run doctor",
            "./run doctor --data /var/lib/payments --json")
        {
            ServeCommand.Urls, DataDirectory.Option, LedgerPlace.Option, Screen.JsonOption,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var screen = Screen.Of(parsed);
        var directory = Path.GetFullPath(parsed.GetValue(DataDirectory.Option)!);
        var findings = new List<Finding>();
        foreach (var url in parsed.GetValue(ServeCommand.Urls)!.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            findings.Add(await MachineChecks.Port(url, cancellationToken));
        findings.Add(await MachineChecks.Clock(cancellationToken));
        if (LedgerPlace.Shards(parsed) is { Count: > 0 } shards)
            findings.AddRange(shards.SelectMany(DatabaseChecks.All));
        else
            findings.AddRange(OfDirectory(directory));
        if (screen.IsJson)
            Screen.WriteJson(new { healthy = findings.All(static finding => finding.State != CheckState.Wrong), checks = findings });
        else
            Tell(screen, findings);
        return findings.Any(static finding => finding.State == CheckState.Wrong) ? ExitCode.Finding : ExitCode.Done;
    }

    private static IEnumerable<Finding> OfDirectory(string directory) =>
        [DataChecks.Directory(directory), DataChecks.Space(directory), MachineChecks.Fsync(directory), DataChecks.KeyFile(directory), DataChecks.Schema(directory)];

    private static void Tell(Screen screen, List<Finding> findings)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var finding in findings)
            grid.AddRow(Mark(finding.State), finding.Check, finding.Detail.EscapeMarkup() + (finding.Remedy is { } remedy ? $" [grey]{remedy.EscapeMarkup()}[/]" : ""));
        screen.Write(grid);
    }

    private static string Mark(CheckState state) => state switch
    {
        CheckState.Good => "[green]ok[/]",
        CheckState.Doubtful => "[yellow]look[/]",
        CheckState.Wrong => "[red]wrong[/]",
    };
}

/// <summary>How a check came out.</summary>
internal enum CheckState : byte
{
    Good = 1,

    /// <summary>It works, but somebody should know.</summary>
    Doubtful = 2,
    Wrong = 3,
}

/// <summary>What one check found, and what to do about it.</summary>
internal sealed record Finding(string Check, CheckState State, string Detail, string? Remedy = null);
