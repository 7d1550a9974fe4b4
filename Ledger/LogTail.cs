namespace Ledger;

/// <summary>Tells readers of the event log that there is more to read. Nobody polls.</summary>
public sealed class LogTail
{
    private readonly Lock gate = new();
    private TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LogTail(long position) => Position = position;

    /// <summary>The position of the newest committed row.</summary>
    public long Position { get; private set; }

    /// <summary>Ends once the log reaches beyond <paramref name="position"/>.</summary>
    public Task WaitBeyond(long position, CancellationToken cancellationToken)
    {
        lock (gate)
            return Position > position ? Task.CompletedTask : moved.Task.WaitAsync(cancellationToken);
    }

    internal void Advance(long position)
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            if (position <= Position)
                return;
            Position = position;
            waiting = moved;
            moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        waiting.SetResult();
    }
}
