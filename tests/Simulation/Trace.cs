namespace Simulation;

/// <summary>What a run did, step by step: a hash over all of it, and the last lines to show where a run failed.</summary>
internal sealed class Trace(VirtualTime time)
{
    private const int LinesKept = 60;

    private readonly Queue<string> lines = new();

    /// <summary>FNV-1a over every step: two runs of one plan have the same.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037UL;

    public int Steps { get; set; }

    public IReadOnlyList<string> LastLines => [.. lines];

    /// <summary>A step that is too small to show.</summary>
    public void Mark(int what, int which)
    {
        Mix((uint)what);
        Mix((uint)which);
    }

    public void Line(string text)
    {
        foreach (var character in text)
            Mix(character);
        lines.Enqueue($"step {Steps,5} {time.NowMs - VirtualTime.StartMs,8} ms  {text}");
        if (lines.Count > LinesKept)
            lines.Dequeue();
    }

    private void Mix(uint value)
    {
        unchecked
        {
            Hash = (Hash ^ value) * 1099511628211UL;
        }
    }
}

/// <summary>Something that must always hold did not.</summary>
internal sealed class InvariantViolatedException(string message) : Exception(message);
