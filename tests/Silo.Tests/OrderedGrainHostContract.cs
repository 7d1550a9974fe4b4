namespace Silo.Tests;

/// <summary>
/// What a host within one process promises beyond every host's contract. Calls that travel may overtake each other, so that no grain relies
/// on it.
/// </summary>
public abstract class OrderedGrainHostContract : GrainHostContract
{
    [Fact]
    public Task Calls_of_one_caller_start_in_their_order() => Bounded(async () =>
    {
        const int Callers = 4, CallsEach = 2_000;
        await using var host = Start(World, new ProbeHostOptions());

        await Within(OnThreads(Callers, caller => Task.WhenAll(
            Enumerable.Range(0, CallsEach).Select(call => Probe(host, "grain").Note(new Remark($"{caller}:{call}"))))), "the calls end");

        var byCaller = World.Notes.Select(note => note.Split(':')).GroupBy(note => note[0], note => int.Parse(note[1])).ToList();
        Assert.Equal(Callers, byCaller.Count);
        Assert.All(byCaller, calls => Assert.Equal(Enumerable.Range(0, CallsEach), calls));
    });

    [Fact]
    public Task Calls_that_wait_for_their_grain_to_wake_start_in_their_order_and_not_before() => Bounded(async () =>
    {
        const int Calls = 100;
        World.Waking = World.Gate("waking");
        await using var host = Start(World, new ProbeHostOptions());

        var calls = Enumerable.Range(0, Calls).Select(call => Probe(host, "grain").Note(new Remark($"{call}"))).ToList();
        await Within(World.Until(() => World.Activations == 1), "the grain begins to wake");
        Assert.Empty(World.Notes);
        World.Open("waking");
        await Within(Task.WhenAll(calls), "the calls end");

        Assert.Equal(Enumerable.Range(0, Calls).Select(call => $"{call}"), World.Notes);
    });
}
