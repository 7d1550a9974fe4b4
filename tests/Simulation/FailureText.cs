using Simulation.PlantedBugs;

namespace Simulation;

/// <summary>A failure as somebody reads it: what did not hold, the smallest plan that shows it, its last steps, and how to see it again.</summary>
internal static class FailureText
{
    public static IEnumerable<string> Lines(RunResult failed, RunResult shrunk, PlantedBug bug)
    {
        yield return $"Seed {failed.Plan.Seed} fails at step {failed.Steps}: {failed.Violation}";
        yield return $"Shrunk from {Size(failed.Plan)} to {Size(shrunk.Plan)}: {shrunk.Violation}";
        foreach (var operation in shrunk.Plan.Operations)
            yield return $"  {operation}";
        foreach (var fault in shrunk.Plan.Faults)
            yield return $"  {fault}";
        yield return "Its last steps:";
        foreach (var line in shrunk.LastLines)
            yield return $"  {line}";
        yield return $"Replay: {Command(failed.Plan.Seed, bug)}";
    }

    public static string Command(int seed, PlantedBug bug) => $"./run simulate --seed {seed}{(bug == PlantedBug.None ? "" : $" --bug {bug.Name}")}";

    private static string Size(Plan plan) => $"{plan.Operations.Count} operations and {plan.Faults.Count} faults";
}
