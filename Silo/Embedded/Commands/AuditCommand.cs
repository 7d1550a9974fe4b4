using System.CommandLine;
using Grains.Checkout;
using Grains.Fraud;
using Ledger.Archive;
using Ledger.Documents;
using Ledger.EventLog;
using Ledger.Postgres;
using Ledger.Sealing;
using Spectre.Console;

namespace Silo.Embedded.Commands;

/// <summary>Whether the ledger is what its own log says, whether or not a server writes it.</summary>
internal static class AuditCommand
{
    private const int MaxShown = 20;
    private const string SecretVariable = "Payments__Ledger__MasterKeySecret";

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
        {
            var report = await screen.WithProgress("Verifying", "rows", progress => Task.Run(() => PostgresAudit.Verify(database, new AuditRows(progress), cancellationToken, archive)));
            return await WithDocuments(screen, report, () => DocumentLog.OfDatabase(database), () => KeyOf(database), () => WhyNoKey(database), cancellationToken);
        }

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
            var report = await screen.WithProgress($"Verifying shard {reports.Count}", "rows", progress => Task.Run(() => PostgresAudit.Verify(shard, new AuditRows(progress), cancellationToken)));
            reports.Add(await WithDocuments(screen, report, () => DocumentLog.OfDatabase(shard), () => KeyOf(shards[0]), () => WhyNoKey(shards[0]), cancellationToken));
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
    public static async Task<AuditReport> Audit(Screen screen, string directory, CancellationToken cancellationToken)
    {
        var path = DataDirectory.LedgerFile(directory);
        var report = await screen.WithProgress("Verifying", "rows", progress => Task.Run(() => AuditVerifier.Verify(
            path, new AuditRows(progress), cancellationToken)));
        return await WithDocuments(screen, report, () => DocumentLog.OfFile(path), () => File.Exists(Path.Combine(directory, MasterKey.FileName)) ? MasterKey.Load(directory, mayCreate: false) : null,
            static () => $"there is no {MasterKey.FileName} in the directory.", cancellationToken);
    }

    // What is damaged already is not opened: the log itself says no more what was meant. Where documents could not be compared, the report
    // says why: it is not sound as a whole then, only as far as it was read.
    private static async Task<AuditReport> WithDocuments(Screen screen, AuditReport report, Func<DocumentLog> open, Func<MasterKey?> load, Func<string> whyNoKey, CancellationToken cancellationToken)
    {
        if (!report.IsSound)
            return report;
        using var log = open();
        if (log.Index(0, 1).Count == 0 && log.Due(HoldDue.Kind).Count == 0)
            return report with { Documents = 0 };
        if (!log.IsWhole)
            return report with { DocumentsNotCompared = "the ledger has let go of archived events, from which they were made." };
        using var key = LoadKey(load, whyNoKey, out var missing);
        if (key is null)
            return report with { DocumentsNotCompared = missing };
        var (documents, found) = await screen.WithProgress("Comparing documents", "rows", progress => Task.Run(() => DocumentAudit.Verify(log, key, new AuditRows(progress), cancellationToken)));
        return report.With(documents, found);
    }

    // Whoever audits may not have the key: the log itself is verified without it.
    private static MasterKey? LoadKey(Func<MasterKey?> load, Func<string> whyNoKey, out string? missing)
    {
        try
        {
            var key = load();
            missing = key is null ? whyNoKey() : null;
            return key;
        }
        catch (InvalidDataException wrong)
        {
            missing = wrong.Message;
            return null;
        }
    }

    private static string WhyNoKey(PostgresSettings database) => PostgresShardLoad.Read([database]) is [{ Number: > 0 and var number }]
        ? $"this is shard {number} of its ledger, whose master key is in shard 0: give all shards, one --ledger each, in their order."
        : "the ledger has no master key.";

    /// <summary>The key of a ledger in PostgreSQL, by its first shard; null where it has none.</summary>
    public static MasterKey? KeyOf(PostgresSettings database)
    {
        using var registry = new PostgresRegistry(database, TimeProvider.System);
        return WrappedMasterKey.Find(registry, Environment.GetEnvironmentVariable(SecretVariable) is { Length: > 0 } secret ? secret : null);
    }

    public static void Tell(Screen screen, AuditReport report)
    {
        var seconds = Math.Max(0.001, report.Duration.TotalSeconds);
        var read = $"{report.Rows:N0} events in {report.Batches:N0} commits, {seconds:0.0} s, {report.Rows / seconds:N0} rows/s";
        if (report.IsSound)
        {
            screen.Line(report.DocumentsNotCompared is null
                ? $"[green]Sound[/] up to event {report.LastPosition:N0}: {read}."
                : $"[green]Sound[/] up to event {report.LastPosition:N0} [yellow]but for documents of merchants and of fraud[/]: {read}.");
            if (report.DocumentsNotCompared is { } reason)
                screen.Line($"[yellow]Not verified[/] are documents of merchants and of fraud: {reason.EscapeMarkup()}");
            if (report.Documents is > 0 and var documents)
                screen.Line($"{documents:N0} documents of merchants and of fraud equal their transfers.");
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
