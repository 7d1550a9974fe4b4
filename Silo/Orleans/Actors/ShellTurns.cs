namespace Silo.Cluster.Actors;

/// <summary>
/// The synchronization context of a grain's turns: what follows an await goes to the grain's own scheduler, as it would without it, and a
/// failure that has no caller (of an async void method) is logged, where else it would end the process.
/// </summary>
internal sealed partial class ShellTurns(TaskScheduler scheduler, ILogger logger) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) =>
        _ = Task.Factory.StartNew(() => Run(d, state), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("A grain's turn cannot be waited for by blocking.");

    public override SynchronizationContext CreateCopy() => this;

    private void Run(SendOrPostCallback callback, object? state)
    {
        SetSynchronizationContext(this);
        try
        {
            callback(state);
        }
        catch (Exception exception)
        {
            TurnFailed(logger, exception);
        }
        finally
        {
            SetSynchronizationContext(null);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A turn of a grain failed, and no caller is there to hear of it.")]
    private static partial void TurnFailed(ILogger logger, Exception exception);
}
