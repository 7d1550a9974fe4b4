namespace Simulation;

/// <summary>
/// Takes operations and faults away from a plan that fails, as long as it still fails: halves first, then ever smaller parts,
/// then one by one.
/// </summary>
internal static class Shrinker
{
    /// <summary>The most runs that shrinking may take.</summary>
    private const int MaxRuns = 400;

    public static RunResult Shrink(RunResult failed, Func<Plan, RunResult> run)
    {
        var runs = 0;
        var smaller = true;
        while (smaller && runs < MaxRuns)
        {
            smaller = false;
            failed = Without(failed, failed.Plan.Faults, static (plan, faults) => plan with { Faults = faults }, run, ref runs, ref smaller);
            failed = Without(failed, failed.Plan.Operations, static (plan, operations) => plan with { Operations = operations }, run, ref runs, ref smaller);
        }

        return failed;
    }

    private static RunResult Without<T>(
        RunResult failed, IReadOnlyList<T> parts, Func<Plan, IReadOnlyList<T>, Plan> with, Func<Plan, RunResult> run, ref int runs, ref bool smaller)
    {
        for (var length = Math.Max(1, parts.Count / 2); length > 0; length /= 2)
        {
            for (var start = 0; start < parts.Count && runs < MaxRuns;)
            {
                IReadOnlyList<T> fewer = [.. parts.Take(start), .. parts.Skip(start + length)];
                var result = run(with(failed.Plan, fewer));
                runs++;
                if (result.Violation is null)
                {
                    start += length;
                    continue;
                }

                (failed, parts, smaller) = (result, fewer, true);
            }
        }

        return failed;
    }
}
