using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Grains.Fraud.Backtest;
using Grains.Fraud.Model;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud.Backtest;

namespace Silo.Embedded.Commands.Fraud;

/// <summary>Recorded decisions against changed rules, or against the same ones; whether or not a server writes the ledger.</summary>
internal static class BacktestCommand
{
    private const long MaxFileBytes = 1_048_576;

    private static readonly Option<DateTimeOffset?> From = new("--from") { Description = "The first time of payment that counts, such as 2026-11-01T00:00:00Z. Default: the beginning.", HelpName = "TIME", CustomParser = Time };

    private static readonly Option<DateTimeOffset?> To = new("--to") { Description = "The time from which payments count no more. Default: now.", HelpName = "TIME", CustomParser = Time };

    private static readonly Option<long?> Newest = new("--newest") { Description = "Only so many of the newest rows of each shard's log: a sample.", HelpName = "ROWS" };

    private static readonly Option<string[]> Overlap = new("--overlap")
    {
        Description = "A rule of which is told what it stops alone, and what with each other rule; given once or more. The rules of --rules have it told anyway.",
        HelpName = "RULE",
    };

    private static readonly Option<string?> Rules = new("--rules")
    {
        Description = "What is changed of the rules, as JSON; without it nothing is, and every decision must come out as recorded.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Model = new("--model")
    {
        Description = "The file of the model that decided: it is asked again. Without it, what it found is taken as recorded.",
        HelpName = "FILE",
    };

    public static DescribedCommand Create()
    {
        var command = new DescribedCommand(
            "backtest",
            "Decide recorded payments again, by changed rules: which would have had another outcome, and what that is worth. By unchanged rules, every decision must be equal: exit 1 where one is not.",
            "./run fraud backtest",
            "./run fraud backtest --rules changed.json --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z",
            "./run fraud backtest --overlap impossible_travel --newest 50000",
            "./run fraud backtest --rules changed.json --json")
        {
            More =
                """
                A file of changes; what it leaves out stays as it is:
                  {"reviewAt": 40, "declineAt": 90,
                   "rules": [{"name": "impossible_travel", "mode": "published", "parameters": {"max_speed_kmh": 900}}]}

                """,
        };
        foreach (var option in new Option[] { DataDirectory.Option, LedgerPlace.Option, From, To, Newest, Rules, Overlap, Model, Screen.JsonOption })
            command.Options.Add(option);
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var screen = Screen.Of(parsed);
        var changes = parsed.GetValue(Rules) is { } file ? ReadChanges(file) : RuleChanges.None;
        changes = Named(changes, parsed.GetValue(Overlap) ?? []);
        var range = new BacktestRange(parsed.GetValue(From), parsed.GetValue(To), parsed.GetValue(Newest));
        if (range.From >= range.To)
            throw new CommandFailedException("--to must be later than --from.", ExitCode.Usage);
        if (range.Newest < 1)
            throw new CommandFailedException("--newest must be 1 or more.", ExitCode.Usage);
        var rules = FraudRules.Default();
        if (changes.FaultOn(rules) is { } fault)
            throw new CommandFailedException(fault, ExitCode.Usage);
        var plan = BacktestPlan.Of(rules, ReadModel(parsed), changes, range);
        using var recorded = RecordedLogs.Open(parsed);
        var report = await screen.WithProgress("Replaying", "rows", progress => Task.Run(async () =>
        {
            using var run = new BacktestRun(recorded.Shards, recorded.Key, plan, new Rows(progress));
            return await run.Run(cancellationToken);
        }));
        if (screen.IsJson)
            Screen.WriteJson(JsonSerializer.SerializeToElement(report, BacktestJson.Default.BacktestReport));
        else
            BacktestText.Tell(screen, report);
        return report.IsFinding ? ExitCode.Finding : ExitCode.Done;
    }

    // Whether it counted says each decision.
    private static LoadedModel? ReadModel(ParseResult parsed)
    {
        if (parsed.GetValue(Model) is not { } file)
            return null;
        return File.Exists(file) ? new LoadedModel(ModelFile.Load(file), isPublished: true) : throw new CommandFailedException($"There is no file '{Path.GetFullPath(file)}'.", ExitCode.Usage);
    }

    private static RuleChanges ReadChanges(string file)
    {
        if (!File.Exists(file))
            throw new CommandFailedException($"There is no file '{Path.GetFullPath(file)}'.", ExitCode.Usage);
        if (new FileInfo(file).Length > MaxFileBytes)
            throw new CommandFailedException($"'{file}' is longer than {MaxFileBytes:N0} bytes.", ExitCode.Usage);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            var (changes, errors) = RuleChangesReader.Read(json.RootElement);
            return changes ?? throw new CommandFailedException(string.Join(Environment.NewLine, errors.Select(error => $"{file}: {error.Path} {error.Message}")), ExitCode.Usage);
        }
        catch (JsonException exception)
        {
            throw new CommandFailedException($"'{file}' is not JSON: {exception.Message}", ExitCode.Usage, exception);
        }
    }

    private static RuleChanges Named(RuleChanges changes, string[] names)
    {
        var more = names.Distinct(StringComparer.Ordinal).Where(name => changes.Rules.All(change => change.Rule.Name != name)).Select(static name => new RuleChange(
            FraudRules.All.FirstOrDefault(rule => rule.Name == name) ?? throw new CommandFailedException($"--overlap must be one of {string.Join(", ", FraudRules.All.Select(static rule => rule.Name))}.", ExitCode.Usage),
            Mode: null, Parameters: []));
        return changes with { Rules = [.. changes.Rules, .. more] };
    }

    internal static DateTimeOffset? Time(ArgumentResult result)
    {
        if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time;
        result.AddError($"{result.Argument.Name}: a time such as 2026-11-21T14:03:07Z.");
        return null;
    }

    private sealed class Rows(IProgress<WorkDone> progress) : IProgress<BacktestProgress>
    {
        public void Report(BacktestProgress value) => progress.Report(new WorkDone(value.Done, value.Total));
    }
}
