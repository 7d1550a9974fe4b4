using Grains.Interfaces;

namespace Silo.Tests;

/// <summary>How grains wake, sleep and end.</summary>
public abstract partial class GrainHostContract
{
    [Fact]
    public Task A_grain_that_fails_to_wake_fails_the_waiting_calls_and_the_next_call_tries_afresh() => Bounded(async () =>
    {
        world.FailActivations(1);
        await using var host = Start(world, new ProbeHostOptions());

        await Fails(Probe(host, "grain").Count(), "cannot wake");
        Assert.Equal(0, world.Activations);

        Assert.Equal(1, await Within(Probe(host, "grain").Count(), "the second grain wakes and answers"));
        Assert.Equal(1, world.Activations);
    });

    [Fact]
    public Task Calls_that_race_a_failing_grain_are_all_answered() => Bounded(async () =>
    {
        const int Failures = 200;
        world.FailActivations(Failures);
        await using var host = Start(world, new ProbeHostOptions());

        var answers = await Within(Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var failed = 0;
            while (true)
            {
                try
                {
                    await Probe(host, "grain").Touch();
                    return failed;
                }
                catch (ProbeFailedException)
                {
                    failed++;
                }
            }
        }))), "every caller gets through after the failures");

        Assert.True(answers.Sum() >= Failures, $"{answers.Sum()} calls saw {Failures} failures.");
        Assert.Equal(1, world.Activations);
        Assert.Empty(world.Violations);
    });

    [Fact]
    public Task An_idle_grain_sleeps_when_its_time_has_come_and_wakes_at_the_next_call() => Bounded(async () =>
    {
        await using var host = Start(world, new ProbeHostOptions { IdleAfter = TimeSpan.FromMinutes(10) });
        await Probe(host, "grain").Count();

        host.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(2, await Probe(host, "grain").Count());
        host.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(3, await Probe(host, "grain").Count());
        Assert.Equal(0, world.Deactivations);

        host.Advance(TimeSpan.FromMinutes(12));
        await Within(world.Until(() => world.Deactivations == 1), "the idle grain goes to sleep");

        Assert.Equal(1, await Within(Probe(host, "grain").Count(), "it wakes again"));
        Assert.Equal(2, world.Activations);
    });

    [Fact]
    public Task A_grain_with_a_call_in_progress_does_not_sleep() => Bounded(async () =>
    {
        await using var host = Start(world, new ProbeHostOptions { IdleAfter = TimeSpan.FromMinutes(10) });
        var parked = Probe(host, "busy").Park(new ParkAt("parked", "gate"));
        await Within(world.Until(() => world.Notes.Count > 0), "the call is in progress");
        await Probe(host, "idle").Count();

        host.Advance(TimeSpan.FromHours(1));
        await Within(world.Until(() => world.Deactivations == 1), "the idle grain goes to sleep");
        Assert.False(world.IsAlive("idle"));
        Assert.True(world.IsAlive("busy"));

        world.Open("gate");
        await Within(parked, "the parked call ends");
        host.Advance(TimeSpan.FromHours(1));
        await Within(world.Until(() => world.Deactivations == 2), "the other goes to sleep after its call");
    });

    [Fact]
    public Task Calls_that_race_a_falling_asleep_are_neither_lost_nor_answered_by_two_grains() => Bounded(async () =>
    {
        const int Rounds = 500, Callers = 4;
        await using var host = Start(world, new ProbeHostOptions { IdleAfter = TimeSpan.FromMinutes(1) });

        for (var round = 0; round < Rounds; round++)
        {
            var calls = OnThreads(Callers, async _ =>
            {
                for (var call = 0; call < 5; call++)
                    await Probe(host, "grain").Touch();
            });
            var sleeps = Task.Run(() =>
            {
                while (!calls.IsCompleted)
                    host.Advance(TimeSpan.FromMinutes(2));
            });
            await Within(Task.WhenAll(calls, sleeps), $"every call of round {round} is answered");
            // Whoever was late to race in this round, the grain is falling asleep when the next one's calls come.
            host.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.Empty(world.Violations);
        Assert.True(world.Deactivations >= Rounds / 2, $"The grain slept only {world.Deactivations} times: there was no race.");
    });

    [Fact]
    public Task Draining_lets_calls_in_progress_end_refuses_new_ones_and_puts_every_grain_to_sleep() => Bounded(async () =>
    {
        await using var host = Start(world, new ProbeHostOptions());
        await Probe(host, "other").Count();
        await Probe(host, "idle").Count();
        var parked = Probe(host, "busy").ParkThenNote(new ParkAt("other", "gate"), new Remark("said while draining"));
        await Within(world.Until(() => world.Notes.Count == 1), "the call is in progress");

        var drain = host.Drain(CancellationToken.None);
        await Within(world.Until(() => world.Deactivations == 2), "the idle grains go to sleep");
        Assert.False(drain.IsCompleted);
        await Assert.ThrowsAsync<GrainHostStopping>(() => Within(Probe(host, "idle").Count(), "a call to a sleeping grain is refused"));
        await Assert.ThrowsAsync<GrainHostStopping>(() => Within(Probe(host, "busy").Count(), "a call to a busy grain is refused"));
        Assert.True(world.IsAlive("busy"));

        world.Open("gate");
        await Within(parked, "the call in progress ends, though it needs a grain that slept");
        await Within(drain, "the drain ends");

        Assert.Contains("said while draining", world.Notes);
        Assert.Equal(4, world.Activations);
        Assert.Equal(4, world.Deactivations);
        Assert.Equal(0, host.ActiveCount);
        await Assert.ThrowsAsync<GrainHostStopping>(() => Probe(host, "new").Count());
    });

    [Fact]
    public Task Draining_under_load_answers_or_refuses_every_call_and_leaves_no_grain() => Bounded(async () =>
    {
        for (var round = 0; round < 50; round++)
        {
            await using var host = Start(world, new ProbeHostOptions());
            var loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var load = OnThreads(4, async thread =>
            {
                for (var call = 0; ; call++)
                {
                    try
                    {
                        await Probe(host, $"round{round}:{call % 7}").Touch();
                        if (call == 50)
                            loaded.TrySetResult();
                    }
                    catch (GrainHostStopping)
                    {
                        return;
                    }
                }
            });
            await Within(loaded.Task, "calls are answered");

            await Within(host.Drain(CancellationToken.None), "the drain ends under load");

            Assert.Equal(0, host.ActiveCount);
            Assert.Equal(world.Activations, world.Deactivations);
            await Within(load, "every caller is refused in the end");
        }

        Assert.Empty(world.Violations);
    });

    [Fact]
    public Task A_drain_can_be_given_up() => Bounded(async () =>
    {
        await using var host = Start(world, new ProbeHostOptions());
        var parked = Probe(host, "busy").Park(new ParkAt("parked", "gate"));
        using var patience = new CancellationTokenSource();

        var drain = host.Drain(patience.Token);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within(drain, "the drain is given up"));
        world.Open("gate");
        await Within(parked, "the call in progress ends");
    });

    [Fact]
    public Task A_million_keys_need_the_memory_of_the_awake_ones() => Bounded(async () =>
    {
        const int Keys = 1_000_000, AtOnce = 1_000, MaxActivations = 10_000;
        world.WakesSlowly = false;
        await using var host = Start(world, new ProbeHostOptions { MaxActivations = MaxActivations });
        var memoryBefore = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0;

        for (var first = 0; first < Keys; first += AtOnce)
        {
            await Within(Task.WhenAll(Enumerable.Range(first, AtOnce).Select(key => Probe(host, $"key{key}").Count())), "the calls end");
            most = Math.Max(most, host.ActiveCount);
        }

        var memory = GC.GetTotalMemory(forceFullCollection: true) - memoryBefore;
        Assert.Equal(Keys, world.Activations);
        Assert.InRange(most, MaxActivations / 2, MaxActivations * 2);
        Assert.True(memory < 40_000_000, $"{memory:N0} bytes are held after {Keys:N0} keys.");
        Assert.Empty(world.Violations);
    });
}
