using Simulation.PlantedBugs;

namespace Simulation;

public sealed class SimulationTests
{
    private const int Seeds = 700;

    [Fact]
    public void Under_crashes_faults_and_two_owners_everything_holds_that_must()
    {
        var violations = new List<string>();
        var (rows, crashes, conflicts, credited, givenBack) = (0L, 0, 0, 0, 0);
        var held = default(HeldCounts);
        Parallel.For(1, Seeds + 1, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (seed, loop) =>
        {
            var result = Simulator.Run(Plan.Of(seed));
            Interlocked.Add(ref rows, result.Rows);
            Interlocked.Add(ref crashes, result.Crashes);
            Interlocked.Add(ref conflicts, result.Conflicts);
            Interlocked.Add(ref credited, result.Credited);
            Interlocked.Add(ref givenBack, result.GivenBack);
            lock (violations)
                held += result.Held;
            if (result.Violation is null)
                return;
            loop.Stop();
            lock (violations)
                violations.Add(string.Join('\n', FailureText.Lines(result, Shrinker.Shrink(result, plan => Simulator.Run(plan)), PlantedBug.None)));
        });

        Assert.True(violations.Count == 0, string.Join("\n\n", violations));

        // What nothing happens in proves nothing.
        Assert.True(rows > 10 * Seeds, $"Only {rows} rows were committed.");
        Assert.True(crashes > Seeds, $"Only {crashes} crashes struck.");
        Assert.True(conflicts > Seeds, $"Only {conflicts} entries were refused.");
        Assert.True(credited > Seeds, $"Only {credited} payments reached another shard.");
        Assert.True(givenBack > Seeds / 20, $"Only {givenBack} payments were refused by another shard.");
        Assert.True(held is { Released: > Seeds / 5, Refused: > Seeds / 10, Expired: > Seeds / 4 }, $"Too few payments were held: {held}.");
    }

    [Fact]
    public void The_same_seed_takes_the_same_steps()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var first = Simulator.Run(Plan.Of(seed));
            var second = Simulator.Run(Plan.Of(seed));
            Assert.Equal((first.TraceHash, first.Steps, first.Rows), (second.TraceHash, second.Steps, second.Rows));
        }
    }

    [Fact]
    public void Another_seed_takes_other_steps() =>
        Assert.Equal(20, Enumerable.Range(1, 20).Select(static seed => Simulator.Run(Plan.Of(seed)).TraceHash).Distinct().Count());
}
