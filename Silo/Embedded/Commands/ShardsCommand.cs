using System.CommandLine;
using Grains.Interfaces.Values;
using Ledger.Postgres;
using Ledger.Shards;
using Ledger.Sqlite;
using Spectre.Console;

namespace Silo.Embedded.Commands;

/// <summary>Where the buckets are, and what each shard holds and does; whether or not a server works on them.</summary>
internal static class ShardsCommand
{
    public static DescribedCommand Create()
    {
        var command = new DescribedCommand(
            "shards",
            "Show the shards of the ledger: their buckets, accounts, events and load, and what lies between them. Exit 1 where two shards disagree.",
            "./run shards",
            "./run shards --ledger \"Host=a;Database=payments\" --ledger \"Host=b;Database=payments\" --json")
        {
            DataDirectory.Option, LedgerPlace.Option, Screen.JsonOption,
        };
        command.SetAction(static parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var screen = Screen.Of(parsed);
        IReadOnlyList<ShardLoad> shards = LedgerPlace.Shards(parsed) is { Count: > 0 } databases
            ? PostgresShardLoad.Read(databases)
            : [SqliteShardLoad.Read(DataDirectory.LedgerFile(parsed.GetValue(DataDirectory.Option)!))];
        var findings = Findings(shards);
        if (screen.IsJson)
            Screen.WriteJson(new { buckets = Bucket.Count, shards, findings });
        else
            Tell(screen, shards, findings);
        return findings.Count == 0 ? ExitCode.Done : ExitCode.Finding;
    }

    // What is under way makes two transit accounts differ for a moment: only where nothing is, a difference is one.
    private static List<string> Findings(IReadOnlyList<ShardLoad> shards)
    {
        var findings = new List<string>();
        if (shards.Sum(static shard => shard.Buckets) != Bucket.Count)
            findings.Add($"The shards have {shards.Sum(static shard => shard.Buckets)} of {Bucket.Count} buckets.");
        if (shards.Any(static shard => shard.TransfersUnderWay > 0))
            return findings;
        foreach (var shard in shards)
            foreach (var transit in shard.Transit)
            {
                var mirror = shards.FirstOrDefault(peer => peer.Number == transit.Peer)?.Transit.FirstOrDefault(other => other.Peer == shard.Number && other.Currency == transit.Currency);
                if (-transit.MinorUnits != (mirror?.MinorUnits ?? 0))
                    findings.Add($"Transit in {transit.Currency} between shards {shard.Number} and {transit.Peer}: {transit.MinorUnits} here, {mirror?.MinorUnits ?? 0} there.");
            }

        return findings;
    }

    private static void Tell(Screen screen, IReadOnlyList<ShardLoad> shards, List<string> findings)
    {
        var table = new Table().RoundedBorder().AddColumn("Shard").AddColumn("Place");
        foreach (var column in new[] { "Buckets", "Accounts", "Events", "Payments/min", "Under way", "MiB" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var shard in shards)
            table.AddRow(
                $"{shard.Number}", shard.Place.EscapeMarkup(), $"{shard.Buckets:N0} ({100.0 * shard.Buckets / Bucket.Count:0.0} %)", $"{shard.Accounts:N0}", $"{shard.Events:N0}",
                $"{shard.PaymentsLastMinute:N0}", $"{shard.TransfersUnderWay:N0}", $"{shard.Bytes / 1048576.0:N1}");
        screen.Write(table);
        foreach (var finding in findings)
            screen.Line($"[red]{finding.EscapeMarkup()}[/]");
    }
}
