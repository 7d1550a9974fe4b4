using System.CommandLine;
using System.Text.Json;
using Simulation.PlantedBugs;
using Spectre.Console;

namespace Simulation;

/// <summary><c>./run simulate</c>: one seed, or many. Exit 0: all hold; 1: one does not; 2: usage.</summary>
internal static class SimulateCommand
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void AddTo(RootCommand root)
    {
        var seed = new Option<int?>("--seed") { Description = "One seed, with its last steps." };
        var seeds = new Option<string>("--seeds") { Description = "A range of seeds, as 1..1000.", DefaultValueFactory = static _ => "1..1000" };
        var bug = new Option<string>("--bug") { Description = "Plants a bug, to see it found.", DefaultValueFactory = static _ => PlantedBug.None.Name };
        var json = new Option<bool>("--json") { Description = "Writes the result as JSON." };
        bug.AcceptOnlyFromAmong([PlantedBug.None.Name, .. PlantedBug.All.Select(static planted => planted.Name)]);
        seeds.Validators.Add(result =>
        {
            if (Range(result.GetValueOrDefault<string>()) is null)
                result.AddError("--seeds takes a range such as 1..1000.");
        });
        root.Options.Add(seed);
        root.Options.Add(seeds);
        root.Options.Add(bug);
        root.Options.Add(json);
        root.SetAction(parsed =>
        {
            var planted = PlantedBug.All.FirstOrDefault(candidate => candidate.Name == parsed.GetValue(bug)) ?? PlantedBug.None;
            var range = parsed.GetValue(seed) is { } one ? (From: one, To: one) : Range(parsed.GetValue(seeds))!.Value;
            return Run(range.From, range.To, planted, parsed.GetValue(json));
        });
    }

    private static (int From, int To)? Range(string? text)
    {
        var parts = text?.Split("..");
        return parts?.Length == 2 && int.TryParse(parts[0], out var from) && int.TryParse(parts[1], out var to) && from <= to ? (from, to) : null;
    }

    private static int Run(int from, int to, PlantedBug bug, bool json)
    {
        var results = new List<RunResult>();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (json || from == to || !console.Profile.Capabilities.Interactive)
            RunAll(from, to, bug, results, static _ => { });
        else
            console.Progress().Start(progress =>
            {
                var task = progress.AddTask("seeds", maxValue: to - from + 1);
                RunAll(from, to, bug, results, task.Increment);
            });

        if (results[^1].Violation is null)
        {
            Report(results, json);
            return 0;
        }

        var shrunk = Shrinker.Shrink(results[^1], plan => Simulator.Run(plan, bug));
        ReportFailure(results[^1], shrunk, bug, json);
        return 1;
    }

    private static void RunAll(int from, int to, PlantedBug bug, List<RunResult> results, Action<double> progress)
    {
        for (var seed = (long)from; seed <= to; seed++)
        {
            results.Add(Simulator.Run(Plan.Of((int)seed), bug));
            progress(1);
            if (results[^1].Violation is not null)
                return;
        }
    }

    private static void Report(List<RunResult> results, bool json)
    {
        var sum = new
        {
            Seeds = results.Count,
            Steps = results.Sum(static result => (long)result.Steps),
            Commits = results.Sum(static result => (long)result.Commits),
            Rows = results.Sum(static result => result.Rows),
            Answers = results.Sum(static result => (long)result.Answers),
            Crashes = results.Sum(static result => (long)result.Crashes),
            Conflicts = results.Sum(static result => (long)result.Conflicts),
            Credited = results.Sum(static result => (long)result.Credited),
            GivenBack = results.Sum(static result => (long)result.GivenBack),
            Held = results.Aggregate(default(HeldCounts), static (sum, result) => sum + result.Held),
            TraceHash = results.Count == 1 ? results[0].TraceHash.ToString("x16") : null,
        };
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(sum, Indented));
            return;
        }

        if (results.Count == 1)
            foreach (var line in results[0].LastLines)
                Console.WriteLine(line);
        Console.WriteLine($"{sum.Seeds} seeds hold: {sum.Steps} steps, {sum.Commits} commits, {sum.Rows} rows, {sum.Answers} answers, {sum.Crashes} crashes, {sum.Conflicts} refused entries, {sum.Credited} payments credited and {sum.GivenBack} refused by another shard, {sum.Held.All} held: {sum.Held.Released} released, {sum.Held.Refused} refused, {sum.Held.Expired} expired{(sum.TraceHash is null ? "" : $", trace {sum.TraceHash}")}.");
    }

    private static void ReportFailure(RunResult failed, RunResult shrunk, PlantedBug bug, bool json)
    {
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(
                new { failed.Plan.Seed, failed.Violation, Operations = shrunk.Plan.Operations.Select(static operation => operation.ToString()), Faults = shrunk.Plan.Faults.Select(static fault => fault.ToString()), shrunk.LastLines, Replay = FailureText.Command(failed.Plan.Seed, bug) },
                Indented));
        else
            foreach (var line in FailureText.Lines(failed, shrunk, bug))
                Console.WriteLine(line);
    }
}
