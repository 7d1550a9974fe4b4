using System.CommandLine;
using Ledger.Sqlite;
using Spectre.Console;

namespace Silo.Embedded.Commands;

/// <summary>A data directory from a backup.</summary>
internal static class RestoreCommand
{
    private static readonly Argument<string> Backup = new("BACKUP") { Description = "The backup's directory." };

    public static DescribedCommand Create()
    {
        var command = new DescribedCommand(
            "restore",
            "Make a data directory from a backup: compare it with its manifest, copy it, audit it. An existing directory is never overwritten.",
            "./run restore ./backups/monday --data ./restored")
        {
            Backup, DataDirectory.Option, Screen.JsonOption,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var screen = Screen.Of(parsed);
        var data = Path.GetFullPath(parsed.GetValue(DataDirectory.Option)!);
        var manifest = await screen.WithProgress("Restoring", "bytes", progress => Task.Run(() =>
            LedgerRestore.Restore(parsed.GetValue(Backup)!, data, (done, total) => progress.Report(new WorkDone(done, total)), cancellationToken)));
        var report = await AuditCommand.Audit(screen, data, cancellationToken);
        if (screen.IsJson)
            Screen.WriteJson(new { directory = data, manifest.Bytes, manifest.LastPosition, manifest.CreatedAt, audit = report });
        else
        {
            screen.Line($"[green]Restored[/] to {data.EscapeMarkup()}: up to event {manifest.LastPosition:N0}, as of {manifest.CreatedAt:yyyy-MM-dd HH:mm:ss} UTC.");
            AuditCommand.Tell(screen, report);
        }

        return report.IsSound ? ExitCode.Done : ExitCode.Finding;
    }
}
