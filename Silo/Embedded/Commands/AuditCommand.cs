using System.CommandLine;
using Ledger.Archive;
using Ledger.EventLog;
using Ledger.Postgres;
using Spectre.Console;

namespace Silo.Embedded.Commands;

/// <summary>Whether the ledger is what its own log says, whether or not a server writes it.</summary>
internal static class AuditCommand
{
    private const int MaxShown = 20;

    private static readonly Option<string?> Archive = new("--archive")
    {
        Description = "Verify this archive, by itself; with --ledger, the archive and then the ledger, which may have let go of what is archived.",
        HelpName = "DIRECTORY",
    };

    public static DescribedCommand Create() =>
        new("audit", "Verify the ledger.", "./run audit verify") { Verify() };

    private static DescribedCommand Verify()
    {
        var verify = new DescribedCommand(
            "verify",
            "Read the whole event log and recompute every hash, balance and chain. Exit 1 names the event and the field where something differs.",
            "./run audit verify",
            "./run audit verify --data ./restored --json",
            "./run audit verify --archive /backup/events",
            "./run audit verify --archive /backup/events --ledger \"Host=db;Username=payments;Database=ledger\"")
        {
            DataDirectory.Option, LedgerPlace.Option, Archive, Screen.JsonOption,
        };
        verify.SetAction(Run);
        return verify;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var screen = Screen.Of(parsed);
        if (parsed.GetValue(Archive) is null && LedgerPlace.Shards(parsed) is { Count: > 1 } shards)
            return await Audit(screen, shards, cancellationToken);
        var report = await Read(screen, parsed, cancellationToken);
        if (screen.IsJson)
            Screen.WriteJson(report);
        else
            Tell(screen, report);
        return report.IsSound ? ExitCode.Done : ExitCode.Finding;
    }

    private static async Task<AuditReport> Read(Screen screen, ParseResult parsed, CancellationToken cancellationToken)
    {
        var archive = parsed.GetValue(Archive);
        if (archive is not null && !IsGiven(parsed, DataDirectory.Option) && !IsGiven(parsed, LedgerPlace.Option))
            return await screen.WithProgress("Verifying the archive", "rows", progress => Task.Run(() => ArchiveAudit.Verify(archive, new AuditRows(progress), cancellationToken)));
        if (LedgerPlace.One(parsed) is { } database)
            return await screen.WithProgress("Verifying", "rows", progress => Task.Run(() => PostgresAudit.Verify(database, new AuditRows(progress), cancellationToken, archive)));
        return archive is null
            ? await Audit(screen, parsed.GetValue(DataDirectory.Option)!, cancellationToken)
            : throw new CommandFailedException("A ledger in a data directory has its whole log: verify it and its archive each by itself.", ExitCode.Usage);
    }

    // Each shard's log stands by itself; as JSON they are a list.
    private static async Task<int> Audit(Screen screen, IReadOnlyList<PostgresSettings> shards, CancellationToken cancellationToken)
    {
        var reports = new List<AuditReport>();
        foreach (var shard in shards)
        {
            reports.Add(await screen.WithProgress($"Verifying shard {reports.Count}", "rows", progress => Task.Run(() => PostgresAudit.Verify(shard, new AuditRows(progress), cancellationToken))));
            if (screen.IsJson)
                continue;
            screen.Line($"Shard {reports.Count - 1}, {shard.Place.EscapeMarkup()}:");
            Tell(screen, reports[^1]);
        }

        if (screen.IsJson)
            Screen.WriteJson(reports);
        return reports.TrueForAll(static report => report.IsSound) ? ExitCode.Done : ExitCode.Finding;
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>Audits a data directory, with its progress.</summary>
    public static Task<AuditReport> Audit(Screen screen, string directory, CancellationToken cancellationToken)
    {
        var path = DataDirectory.LedgerFile(directory);
        return screen.WithProgress("Verifying", "rows", progress => Task.Run(() => AuditVerifier.Verify(
            path, new AuditRows(progress), cancellationToken)));
    }

    public static void Tell(Screen screen, AuditReport report)
    {
        var seconds = Math.Max(0.001, report.Duration.TotalSeconds);
        var read = $"{report.Rows:N0} events in {report.Batches:N0} commits, {seconds:0.0} s, {report.Rows / seconds:N0} rows/s";
        if (report.IsSound)
        {
            screen.Line($"[green]Sound[/] up to event {report.LastPosition:N0}: {read}.");
            screen.Line($"[grey]Hash of the last commit: {report.LastHash}[/]");
            return;
        }

        screen.Line($"[red]{report.FindingCount:N0} {(report.FindingCount == 1 ? "finding" : "findings")}[/] in {read}.");
        foreach (var finding in report.Findings.Take(MaxShown))
            screen.Line($"  {Where(finding).EscapeMarkup()}  [bold]{finding.Field.EscapeMarkup()}[/]: {finding.Detail.EscapeMarkup()}");
        if (report.FindingCount > MaxShown)
            screen.Line($"  … and {report.FindingCount - MaxShown:N0} more; --json lists the first {AuditFindings.Capacity:N0}.");
        screen.Line("Nothing was changed. Keep the directory, and restore the last backup into another one.");
    }

    private static string Where(AuditFinding finding) =>
        finding.EventId is not { } id ? finding.Table : finding.Position > 0 ? $"{id} at {finding.Position:N0}" : $"{id} in {finding.Table}";

}
