using System.Diagnostics;
using Grains.Interfaces;

namespace Silo.Tests;

public sealed record Remark(string Text);

/// <summary>Waits in the middle of a call until the test opens the gate.</summary>
public sealed record ParkAt(string Name, string Gate);

/// <summary>Visits the grain <c>Prefix + (Remaining − 1) % Modulus</c>, and so on down to zero.</summary>
public sealed record Visit(string Prefix, int Remaining, int Modulus);

public enum FailureKind
{
    BeforeTheTask = 1,
    BeforeAnAwait = 2,
    AfterAnAwait = 3,
    InAnAsyncVoid = 4,
}

public sealed record Failure(FailureKind Kind, string Message);

public sealed class ProbeFailedException(string message) : Exception(message);

/// <summary>A grain that shows what its host does.</summary>
public interface IProbeGrain
{
    /// <summary>Counts without protection and without an await: exact only if turns never overlap.</summary>
    Task<int> Count();

    /// <summary>Notes a remark, at once.</summary>
    Task Note(Remark remark);

    /// <summary>Notes two remarks, waits at a gate, notes two more.</summary>
    Task Park(ParkAt park);

    /// <summary>Waits at a gate, then calls another grain.</summary>
    Task ParkThenNote(ParkAt park, Remark toOther);

    /// <summary>Returns how many visits there were after this one.</summary>
    Task<int> Walk(Visit visit);

    Task Fail(Failure failure);

    /// <summary>The trace ids that are current before and after an await.</summary>
    Task<IReadOnlyList<string>> Trace();

    /// <summary>One await long; notices when its grain is not the only living one.</summary>
    Task Touch();
}

public sealed class ProbeGrain(string key, IGrains grains, ProbeWorld world) : IProbeGrain, Grains.IGrainLifecycle
{
    private int count;
    private int inTurn;
    private bool alive;

    public async Task Activate()
    {
        world.FailIfAsked();
        world.Born(key);
        await world.Waking;
        if (world.WakesSlowly)
            await Turn();
        alive = true;
    }

    public async Task Deactivate()
    {
        alive = false;
        if (world.WakesSlowly)
            await Turn();
        world.Ended(key);
    }

    public Task<int> Count()
    {
        Exclusively(() =>
        {
            var before = count;
            Thread.SpinWait(20);
            count = before + 1;
        });
        return Task.FromResult(count);
    }

    public Task Note(Remark remark)
    {
        world.Note(remark.Text);
        return Task.CompletedTask;
    }

    public async Task Park(ParkAt park)
    {
        Exclusively(() => Twice($"{park.Name} before"));
        await world.Gate(park.Gate);
        Exclusively(() => Twice($"{park.Name} after"));
    }

    public async Task ParkThenNote(ParkAt park, Remark toOther)
    {
        world.Note($"{park.Name} before");
        await world.Gate(park.Gate);
        await grains.Get<IProbeGrain>(park.Name).Note(toOther);
    }

    public async Task<int> Walk(Visit visit) => visit.Remaining == 0
        ? 0
        : 1 + await grains.Get<IProbeGrain>($"{visit.Prefix}{(visit.Remaining - 1) % visit.Modulus}")
            .Walk(visit with { Remaining = visit.Remaining - 1 });

    public Task Fail(Failure failure)
    {
        switch (failure.Kind)
        {
            case FailureKind.BeforeTheTask:
                throw new ProbeFailedException(failure.Message);
            case FailureKind.BeforeAnAwait:
                return Throw(failure.Message, awaitFirst: false);
            case FailureKind.AfterAnAwait:
                return Throw(failure.Message, awaitFirst: true);
            case FailureKind.InAnAsyncVoid:
                ThrowToNobody(failure.Message);
                return Task.CompletedTask;
            default:
                throw new InvalidOperationException($"Unknown kind {failure.Kind}.");
        }
    }

    public async Task<IReadOnlyList<string>> Trace()
    {
        var before = Activity.Current?.TraceId.ToString() ?? "none";
        await Turn();
        return [before, Activity.Current?.TraceId.ToString() ?? "none"];
    }

    public async Task Touch()
    {
        CheckAlive();
        await Turn();
        CheckAlive();
    }

    private static async Task Turn() => await Task.Yield();

    private static async Task Throw(string message, bool awaitFirst)
    {
        if (awaitFirst)
            await Turn();
        throw new ProbeFailedException(message);
    }

    private static async void ThrowToNobody(string message)
    {
        await Turn();
        throw new ProbeFailedException(message);
    }

    private void CheckAlive()
    {
        if (!alive)
            world.Violated($"a call ran in a grain of {key} that was not awake");
    }

    private void Twice(string text)
    {
        world.Note(text);
        Thread.SpinWait(200);
        world.Note(text);
    }

    private void Exclusively(Action action)
    {
        if (Interlocked.Exchange(ref inTurn, 1) != 0)
            world.Violated($"two turns of {key} overlapped");
        action();
        Volatile.Write(ref inTurn, 0);
    }
}
