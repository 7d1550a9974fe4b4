using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Ledger.Archive;
using Ledger.EventLog;
using Ledger.Postgres;

namespace Silo.Embedded.Commands;

/// <summary>Keeps the event log for longer than the ledger does: closed ranges of it as files.</summary>
internal static class ArchiveCommand
{
    private const int MaxSegmentRows = 10_000_000;

    private static readonly Argument<string> Target = new("DIRECTORY") { Description = "The archive: made the first time, gone on with later." };

    private static readonly Option<int> Rows = new("--rows")
    {
        Description = $"Events of a segment, 1 to {MaxSegmentRows:N0}.",
        HelpName = "COUNT",
        DefaultValueFactory = static _ => LogArchive.DefaultSegmentRows,
    };

    private static readonly Option<bool> All = new("--all") { Description = "Also archive the last events, which do not fill a segment yet." };

    private static readonly Option<int?> Shard = new("--shard")
    {
        Description = "Which of several shards to archive: 0 is the first --ledger. Each has an archive of its own.",
        HelpName = "NUMBER",
    };

    private static readonly Option<TimeSpan?> Prune = new("--prune")
    {
        Description = $"Then verify the archive, and let go of archived segments that are older than so many days, at least {PostgresPruning.LeastAge.TotalDays:0}d. PostgreSQL only, with a --ledger for every shard.",
        HelpName = "DAYSd",
        CustomParser = Days,
    };

    public static DescribedCommand Create()
    {
        Rows.Validators.Add(static result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var rows) || rows is < 1 or > MaxSegmentRows))
                result.AddError($"--rows is a whole number from 1 to {MaxSegmentRows:N0}.");
        });
        var command = new DescribedCommand(
            "archive",
            "Write closed ranges of the event log to a directory, as compressed files with their hashes; a running server goes on meanwhile. Run again, it goes on where it ended.",
            "./run archive /backup/events",
            "./run archive /backup/events --ledger \"Host=db;Username=payments;Database=ledger\" --prune 90d",
            "./run archive /backup/events-1 --ledger \"Host=db0;…\" --ledger \"Host=db1;…\" --shard 1 --prune 90d",
            "./run audit verify --archive /backup/events")
        {
            Target, DataDirectory.Option, LedgerPlace.Option, Shard, Rows, All, Prune, Screen.JsonOption,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var screen = Screen.Of(parsed);
        var directory = Path.GetFullPath(parsed.GetValue(Target)!);
        var (rows, all, age, shards) = (parsed.GetValue(Rows), parsed.GetValue(All), parsed.GetValue(Prune), LedgerPlace.Shards(parsed));
        var shard = ShardOf(parsed.GetValue(Shard), shards.Count);
        var database = shards.Count == 0 ? null : shards[shard];
        if (age is not null && database is null)
            throw new CommandFailedException("Only a ledger in PostgreSQL is pruned: give it with --ledger, or leave --prune out.", ExitCode.Usage);
        var path = database is null ? DataDirectory.LedgerFile(parsed.GetValue(DataDirectory.Option)!) : "";
        var before = ArchiveManifest.ReadOrEmpty(directory).LastPosition;
        var manifest = await screen.WithProgress("Archiving", "events", progress => Task.Run(() => database is null
            ? LogArchive.OfFile(path, directory, rows, all, new AuditRows(progress), cancellationToken)
            : LogArchive.OfDatabase(database, directory, rows, all, new AuditRows(progress), cancellationToken)));
        var pruned = age is null ? null : await screen.WithProgress("Verifying and pruning", "events", progress =>
            Task.Run(() => PostgresPruning.Prune(shards, shard, directory, age.Value, new AuditRows(progress), cancellationToken)));
        if (screen.IsJson)
        {
            Screen.WriteJson(new { directory, manifest.LastPosition, manifest.LastHash, segments = manifest.Segments.Count, archived = manifest.LastPosition - before, pruned });
            return ExitCode.Done;
        }

        screen.Line($"[green]Archived[/] {manifest.LastPosition - before:N0} events; the archive has {manifest.LastPosition:N0} in {manifest.Segments.Count:N0} segments.");
        screen.Line($"[grey]Hash of its last commit: {manifest.LastHash}. Noted elsewhere, it shows that nothing was changed since.[/]");
        if (pruned is not null)
            screen.Line(pruned.Position == 0 ? "No segment is old enough to be let go of." : $"The ledger let go of {pruned.Rows:N0} rows; its log begins after event {pruned.Position:N0}.");
        return ExitCode.Done;
    }

    private static int ShardOf(int? shard, int count)
    {
        if (shard is null && count > 1)
            throw new CommandFailedException("This is done shard by shard: say which one with --shard, and give it a directory of its own.", ExitCode.Usage);
        var (number, last) = (shard ?? 0, Math.Max(count, 1) - 1);
        return number >= 0 && number <= last ? number : throw new CommandFailedException($"--shard is a whole number from 0 to {last}: the place of a --ledger.", ExitCode.Usage);
    }

    private static TimeSpan? Days(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.EndsWith('d') && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days <= 100_000 && TimeSpan.FromDays(days) >= PostgresPruning.LeastAge)
            return TimeSpan.FromDays(days);
        result.AddError($"--prune is a number of days such as 90d, at least {PostgresPruning.LeastAge.TotalDays:0}d: younger events are still needed for repeated keys and limits.");
        return null;
    }
}

/// <summary>An audit's progress as a command shows it.</summary>
internal sealed class AuditRows(IProgress<WorkDone> progress) : IProgress<AuditProgress>
{
    public void Report(AuditProgress value) => progress.Report(new WorkDone(value.RowsDone, value.RowsTotal));
}
