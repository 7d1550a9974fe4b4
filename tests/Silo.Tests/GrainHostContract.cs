using System.Diagnostics;
using System.Runtime.CompilerServices;
using Grains.Interfaces;

namespace Silo.Tests;

public sealed record ProbeHostOptions
{
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(10);

    public int MaxActivations { get; init; } = 100_000;
}

/// <summary>A running grain host in which <see cref="ProbeGrain"/> is registered, on a clock that the test moves.</summary>
public interface IProbeHost : IAsyncDisposable
{
    IGrains Grains { get; }

    int ActiveCount { get; }

    void Advance(TimeSpan by);

    Task Drain(CancellationToken cancellationToken);
}

/// <summary>What every grain host promises (DESIGN, grain rules). A host inherits this and starts itself.</summary>
public abstract partial class GrainHostContract
{
    protected static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Of a whole test: a host that never comes back, or holds the thread that calls it, fails the test, by its name.</summary>
    private static readonly TimeSpan TestLimit = TimeSpan.FromMinutes(4);

    private readonly ProbeWorld world = new();

    protected ProbeWorld World => world;

    protected abstract IProbeHost Start(ProbeWorld world, ProbeHostOptions options);

    [Fact]
    public Task Turns_of_one_grain_never_overlap() => Bounded(async () =>
    {
        const int Threads = 8, CallsEach = 5_000;
        await using var host = Start(world, new ProbeHostOptions());

        await Within(OnThreads(Threads, async _ =>
        {
            for (var call = 0; call < CallsEach; call++)
                await Probe(host, "counter").Count();
        }), "the counting calls end");

        Assert.Equal((Threads * CallsEach) + 1, await Probe(host, "counter").Count());
        Assert.Empty(world.Violations);
    });

    [Fact]
    public Task Turns_interleave_at_an_await_and_nowhere_else() => Bounded(async () =>
    {
        const int Calls = 100;
        await using var host = Start(world, new ProbeHostOptions());

        var parked = Enumerable.Range(0, Calls).AsParallel().WithDegreeOfParallelism(8)
            .Select(call => Probe(host, "grain").Park(new ParkAt($"{call}", "gate"))).ToArray();
        await Within(world.Until(() => world.Notes.Count == Calls * 2), "every call reaches its await while the others wait at theirs");
        Assert.All(parked, call => Assert.False(call.IsCompleted));
        world.Open("gate");
        await Within(Task.WhenAll(parked), "every call goes on after its await");

        var notes = world.Notes;
        Assert.All(notes.Take(Calls * 2), note => Assert.EndsWith("before", note));
        Assert.All(notes.Skip(Calls * 2), note => Assert.EndsWith("after", note));
        Assert.All(notes.Chunk(2), pair => Assert.Equal(pair[0], pair[1]));
        Assert.Empty(world.Violations);
    });

    [Theory]
    [InlineData(1, 300)]
    [InlineData(2, 300)]
    [InlineData(3, 300)]
    [InlineData(20_000, 20_000)]
    public Task Calls_may_go_in_circles_and_in_long_chains(int grains, int visits) => Bounded(async () =>
    {
        world.WakesSlowly = false;
        await using var host = Start(world, new ProbeHostOptions());

        var walk = Probe(host, "walk0").Walk(new Visit("walk", visits, grains));

        Assert.Equal(visits, await Within(walk, "the walk comes back"));
    });

    [Theory]
    [InlineData(FailureKind.BeforeTheTask)]
    [InlineData(FailureKind.BeforeAnAwait)]
    [InlineData(FailureKind.AfterAnAwait)]
    public Task An_exception_reaches_its_caller_and_the_grain_goes_on(FailureKind kind) => Bounded(async () =>
    {
        await using var host = Start(world, new ProbeHostOptions());

        // The first waits for the grain to wake, the second may run at once, the others are queued behind a parked one.
        for (var round = 0; round < 2; round++)
            await Fails(Probe(host, "grain").Fail(new Failure(kind, "as asked")), "as asked");
        await Within(OnThreads(4, _ => Fails(Probe(host, "grain").Fail(new Failure(kind, "as asked")), "as asked")), "the failures arrive");

        Assert.Equal(1, await Within(Probe(host, "grain").Count(), "the grain answers after it failed"));
        Assert.Equal(1, world.Activations);
    });

    [Fact]
    public Task An_exception_that_has_no_caller_harms_nobody() => Bounded(async () =>
    {
        await using var host = Start(world, new ProbeHostOptions());

        await Within(Probe(host, "grain").Fail(new Failure(FailureKind.InAnAsyncVoid, "to nobody")), "the call ends");
        await Within(Probe(host, "grain").Touch(), "the grain runs turns after one of them threw");

        Assert.Equal(1, world.Activations);
    });

    [Fact]
    public Task The_trace_of_the_caller_is_current_in_the_call() => Bounded(async () =>
    {
        await using var host = Start(world, new ProbeHostOptions());
        await Probe(host, "grain").Touch();

        var traces = Enumerable.Range(0, 64).AsParallel().WithDegreeOfParallelism(4).Select(async _ =>
        {
            using var activity = new Activity("call").SetIdFormat(ActivityIdFormat.W3C).Start();
            var seen = await Probe(host, "grain").Trace();
            var own = activity.TraceId.ToString();
            Assert.Equal([own, own], seen);
            return own;
        }).ToArray();

        var distinct = await Within(Task.WhenAll(traces), "the calls end");
        Assert.Equal(64, distinct.Distinct().Count());
    });

    protected static IProbeGrain Probe(IProbeHost host, string key) => host.Grains.Get<IProbeGrain>(key);

    protected static async Task Within(Task task, string transition)
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"It did not happen in {Patience.TotalSeconds:0} s that {transition}.");
        }
    }

    protected static async Task<T> Within<T>(Task<T> task, string transition)
    {
        await Within((Task)task, transition);
        return await task;
    }

    protected static async Task Bounded(Func<Task> test, [CallerMemberName] string name = "")
    {
        // A thread of its own: what holds that one does not hold this.
        var running = Task.Factory.StartNew(test, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).Unwrap();
        if (await Task.WhenAny(running, Task.Delay(TestLimit)) != running)
            Assert.Fail($"{name} did not end in {TestLimit.TotalMinutes:0} minutes.");
        await running;
    }

    private static async Task Fails(Task call, string message) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<ProbeFailedException>(() => Within(call, "the failure arrives"))).Message);

    protected static Task OnThreads(int threads, Func<int, Task> work) =>
        Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(() => work(thread))));
}
