using System.Collections.Concurrent;
using Grains.Interfaces;
using Microsoft.Extensions.Logging;
using Silo.Embedded;

namespace Silo.Tests;

/// <summary>The embedded host keeps the contract on the thread pool, and beyond it is deterministic on a scheduler that is.</summary>
public sealed class EmbeddedHostTests : OrderedGrainHostContract
{
    private readonly RecordingLogger log = new();

    [Fact]
    public async Task A_failure_without_a_caller_is_logged()
    {
        await using var host = Start(new ProbeWorld(), new ProbeHostOptions());

        await Probe(host, "grain").Fail(new Failure(FailureKind.InAnAsyncVoid, "to nobody"));
        await Within(log.First, "the failure is logged");

        Assert.Equal("to nobody", Assert.IsType<ProbeFailedException>(Assert.Single(log.Exceptions)).Message);
    }

    [Fact]
    public async Task Ambient_values_flow_into_calls_and_never_out()
    {
        var ambient = new AsyncLocal<string>();
        await using var grains = Grains(new ThreadPoolTurnScheduler(), new EmbeddedGrainsOptions());
        grains.Register<IAmbientGrain>(_ => new AmbientGrain(ambient), handle => new AmbientReference(handle));
        ambient.Value = "caller";

        Assert.Equal("caller", await grains.Get<IAmbientGrain>("grain").Exchange("asleep"));
        Assert.Equal("caller", ambient.Value);
        Assert.Equal("caller", await grains.Get<IAmbientGrain>("grain").Exchange("awake"));
        Assert.Equal("caller", ambient.Value);
    }

    [Fact]
    public async Task A_call_to_an_idle_grain_runs_on_the_thread_of_its_caller_and_gives_the_context_back()
    {
        await using var host = Start(new ProbeWorld(), new ProbeHostOptions());
        await Probe(host, "grain").Count();
        var before = SynchronizationContext.Current;

        var call = Probe(host, "grain").Count();

        Assert.True(call.IsCompletedSuccessfully);
        Assert.Same(before, SynchronizationContext.Current);
    }

    [Fact]
    public void With_a_stepped_scheduler_everything_runs_on_its_thread_in_one_order()
    {
        var first = RunStepped();
        var second = RunStepped();

        Assert.True(first.Count > 100);
        Assert.Equal(first, second);
    }

    [Fact]
    public void Above_the_limit_the_longest_idle_sleep_first()
    {
        var world = new ProbeWorld();
        var time = new ManualTime();
        var scheduler = new SteppedScheduler();
        var grains = Grains(scheduler, new EmbeddedGrainsOptions { MaxActivations = 10, IdleAfter = TimeSpan.FromDays(1) }, time);
        RegisterProbe(grains, world);
        for (var key = 0; key < 10; key++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            scheduler.Finish(() => grains.Get<IProbeGrain>($"{key}").Count());
        }

        // The oldest is called again, so the second oldest is the next to go.
        time.Advance(TimeSpan.FromSeconds(1));
        scheduler.Finish(() => grains.Get<IProbeGrain>("0").Count());
        Assert.Equal(10, grains.ActiveCount);
        scheduler.Finish(() => grains.Get<IProbeGrain>("10").Count());
        scheduler.RunAll();

        Assert.Equal(["0", "10", "2", "3", "4", "5", "6", "7", "8", "9"], Enumerable.Range(0, 11).Select(key => $"{key}").Where(world.IsAlive).Order());
        Assert.Equal(10, grains.ActiveCount);
    }

    protected override IProbeHost Start(ProbeWorld world, ProbeHostOptions options)
    {
        var time = new ManualTime();
        var grains = Grains(
            new ThreadPoolTurnScheduler(),
            new EmbeddedGrainsOptions { IdleAfter = options.IdleAfter, MaxActivations = options.MaxActivations },
            time);
        RegisterProbe(grains, world);
        return new Host(grains, time);
    }

    private static void RegisterProbe(EmbeddedGrains grains, ProbeWorld world) =>
        grains.Register<IProbeGrain>(key => new ProbeGrain(key, grains, world), handle => new ProbeReference(handle));

    private EmbeddedGrains Grains(ITurnScheduler scheduler, EmbeddedGrainsOptions options, TimeProvider? time = null) =>
        new(options, time ?? new ManualTime(), scheduler, log);

    /// <summary>Calls, circles, sleeping and draining, all on this thread: what the grains noted, in order.</summary>
    private IReadOnlyList<string> RunStepped()
    {
        var world = new ProbeWorld();
        var time = new ManualTime();
        var scheduler = new SteppedScheduler();
        var thread = Environment.CurrentManagedThreadId;
        var threads = new HashSet<int>();
        var grains = Grains(scheduler, new EmbeddedGrainsOptions(), time);
        grains.Register<IProbeGrain>(
            key =>
            {
                threads.Add(Environment.CurrentManagedThreadId);
                world.Note($"{key} is made");
                return new ProbeGrain(key, grains, world);
            },
            handle => new ProbeReference(handle));

        var calls = Enumerable.Range(0, 50).Select(call => grains.Get<IProbeGrain>($"{call % 5}").Park(new ParkAt($"{call}", "gate"))).ToList();
        Assert.Empty(world.Notes);
        scheduler.RunAll();
        world.Open("gate");
        scheduler.Finish(() => Task.WhenAll(calls));
        scheduler.Finish(() => grains.Get<IProbeGrain>("0").Walk(new Visit(string.Empty, 100, 9)));
        time.Advance(TimeSpan.FromHours(1));
        scheduler.RunAll();
        Assert.Equal(0, grains.ActiveCount);
        scheduler.Finish(() => grains.Get<IProbeGrain>("0").Count());
        scheduler.Finish(() => grains.Drain(CancellationToken.None));
        Assert.Equal(world.Activations, world.Deactivations);
        Assert.Equal([thread], threads);
        return world.Notes;
    }

    private sealed class Host(EmbeddedGrains grains, ManualTime time) : IProbeHost
    {
        public IGrains Grains => grains;

        public int ActiveCount => grains.ActiveCount;

        public void Advance(TimeSpan by) => time.Advance(by);

        public Task Drain(CancellationToken cancellationToken) => grains.Drain(cancellationToken);

        // A host that lost a call drains for ever: that is a failure, and not the end of all tests.
        public async ValueTask DisposeAsync() => await grains.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    private sealed class ProbeReference(GrainHandle handle) : IProbeGrain
    {
        public Task<int> Count() => handle.Call(static (IProbeGrain grain) => grain.Count());

        public Task Note(Remark remark) => handle.Call(static (IProbeGrain grain, Remark r) => grain.Note(r), remark);

        public Task Park(ParkAt park) => handle.Call(static (IProbeGrain grain, ParkAt p) => grain.Park(p), park);

        public Task ParkThenNote(ParkAt park, Remark toOther) => handle.Call(
            static (IProbeGrain grain, (ParkAt Park, Remark ToOther) a) => grain.ParkThenNote(a.Park, a.ToOther), (park, toOther));

        public Task<int> Walk(Visit visit) => handle.Call(static (IProbeGrain grain, Visit v) => grain.Walk(v), visit);

        public Task Fail(Failure failure) => handle.Call(static (IProbeGrain grain, Failure f) => grain.Fail(f), failure);

        public Task<IReadOnlyList<string>> Trace() => handle.Call(static (IProbeGrain grain) => grain.Trace());

        public Task Touch() => handle.Call(static (IProbeGrain grain) => grain.Touch());
    }

    private interface IAmbientGrain
    {
        Task<string?> Exchange(string value);
    }

    /// <summary>Not async: the async machinery would restore the caller's values by itself.</summary>
    private sealed class AmbientGrain(AsyncLocal<string> ambient) : IAmbientGrain
    {
        public Task<string?> Exchange(string value)
        {
            var seen = ambient.Value;
            ambient.Value = value;
            return Task.FromResult<string?>(seen);
        }
    }

    private sealed class AmbientReference(GrainHandle handle) : IAmbientGrain
    {
        public Task<string?> Exchange(string value) => handle.Call(static (IAmbientGrain grain, string v) => grain.Exchange(v), value);
    }

    private sealed class RecordingLogger : ILogger<EmbeddedGrains>
    {
        private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<Exception> Exceptions { get; } = [];

        public Task First => first.Task;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not null)
                Exceptions.Enqueue(exception);
            first.TrySetResult();
        }
    }
}
