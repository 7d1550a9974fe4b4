using System.Collections.Concurrent;

namespace Silo.Tests;

/// <summary>What the probe grains of one test saw and did.</summary>
public sealed class ProbeWorld
{
    private readonly ConcurrentQueue<string> notes = [];
    private readonly ConcurrentQueue<string> violations = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> gates = [];
    private readonly ConcurrentDictionary<string, bool> alive = [];
    private readonly Lock gate = new();
    private readonly List<(Func<bool> Holds, TaskCompletionSource Met)> expectations = [];
    private int activations;
    private int deactivations;
    private int failures;

    /// <summary>Waking and going to sleep take more than one turn.</summary>
    public bool WakesSlowly { get; set; } = true;

    /// <summary>A grain that wakes waits for this.</summary>
    public Task Waking { get; set; } = Task.CompletedTask;

    public IReadOnlyList<string> Notes => [.. notes];

    public IReadOnlyList<string> Violations => [.. violations];

    public int Activations => Volatile.Read(ref activations);

    public int Deactivations => Volatile.Read(ref deactivations);

    public bool IsAlive(string key) => alive.ContainsKey(key);

    /// <summary>The next activations, this many, will fail.</summary>
    public void FailActivations(int number) => Volatile.Write(ref failures, number);

    public void FailIfAsked()
    {
        if (Interlocked.Decrement(ref failures) >= 0)
            throw new ProbeFailedException("cannot wake");
    }

    public void Born(string key)
    {
        if (!alive.TryAdd(key, true))
            Violated($"two grains of {key} lived at once");
        Interlocked.Increment(ref activations);
        Changed();
    }

    public void Ended(string key)
    {
        if (!alive.TryRemove(key, out _))
            Violated($"a grain of {key} ended twice");
        Interlocked.Increment(ref deactivations);
        Changed();
    }

    public void Note(string text)
    {
        notes.Enqueue(text);
        Changed();
    }

    public void Violated(string what) => violations.Enqueue(what);

    public Task Gate(string name) => gates.GetOrAdd(name, static _ => new TaskCompletionSource()).Task;

    public void Open(string name) => gates.GetOrAdd(name, static _ => new TaskCompletionSource()).TrySetResult();

    /// <summary>Completes when the condition holds after something was born, ended or noted.</summary>
    public Task Until(Func<bool> holds)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
            expectations.Add((holds, met));
        Changed();
        return met.Task;
    }

    private void Changed()
    {
        lock (gate)
        {
            foreach (var (holds, met) in expectations)
            {
                if (holds())
                    met.TrySetResult();
            }

            expectations.RemoveAll(static expectation => expectation.Met.Task.IsCompleted);
        }
    }
}
