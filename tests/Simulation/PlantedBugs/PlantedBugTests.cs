using Xunit.Abstractions;

namespace Simulation.PlantedBugs;

public sealed class PlantedBugTests(ITestOutputHelper output)
{
    private const int Seeds = 200;

    [Fact]
    public void An_answer_before_the_commit_is_found() => IsFound(PlantedBug.AnswerBeforeCommit, "nothing is committed under its key");

    [Fact]
    public void A_lost_reload_after_a_conflict_is_found() => IsFound(PlantedBug.LostReload, "was given up");

    [Fact]
    public void A_key_forgotten_at_deactivation_is_found() => IsFound(PlantedBug.ForgottenKey, "takes a key that row");

    [Fact]
    public void The_end_of_a_hold_that_stays_due_is_found() => IsFound(PlantedBug.EndStaysDue, "Due are the ends of");

    private void IsFound(PlantedBug bug, string violation)
    {
        for (var seed = 1; seed < Seeds; seed++)
        {
            var found = Simulator.Run(Plan.Of(seed), bug);
            if (found.Violation?.Contains(violation, StringComparison.Ordinal) != true)
                continue;

            // A failure shrinks to one that a person can read.
            var shrunk = Shrinker.Shrink(found, plan => Simulator.Run(plan, bug));
            foreach (var line in FailureText.Lines(found, shrunk, bug))
                output.WriteLine(line);
            Assert.NotNull(shrunk.Violation);
            Assert.True(shrunk.Plan.Operations.Count < found.Plan.Operations.Count);
            return;
        }

        Assert.Fail($"{Seeds} seeds did not find '{bug.Name}'.");
    }
}
