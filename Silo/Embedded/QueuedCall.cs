namespace Silo.Embedded;

/// <summary>A call that waits for its turn, with the execution context of its caller.</summary>
internal abstract class QueuedCall(Activation activation)
{
    private static readonly ContextCallback InFlow = static state => ((QueuedCall)state!).Invoke();

    private readonly ExecutionContext? flow = ExecutionContext.Capture();
    private Task? invoked;

    /// <summary>The call as a turn; the state is the call.</summary>
    public static SendOrPostCallback AsTurn { get; } = static state => ((QueuedCall)state!).Run();

    /// <summary>The grain could not be woken.</summary>
    public abstract void Fail(Exception exception);

    protected abstract Task Invoke(object grain);

    protected abstract void Answer(Task finished);

    private void Run()
    {
        if (flow is null)
            Invoke();
        else
            ExecutionContext.Run(flow, InFlow, this);
    }

    private void Invoke()
    {
        try
        {
            invoked = Invoke(activation.Grain) ?? throw GrainHandle.NoTask();
        }
        catch (Exception exception)
        {
            invoked = Task.FromException(exception);
        }

        // Not complete: the continuation is a turn of this grain, since the await captures its context.
        if (invoked.IsCompleted)
            Finish();
        else
            invoked.GetAwaiter().UnsafeOnCompleted(Finish);
    }

    private void Finish()
    {
        activation.CallEnded();
        Answer(invoked!);
    }
}

internal sealed class QueuedCall<TGrain, TArgument>(Activation activation, Func<TGrain, TArgument, Task> method, TArgument argument)
    : QueuedCall(activation)
{
    private readonly TaskCompletionSource answer = new();

    public Task Task => answer.Task;

    public override void Fail(Exception exception) => answer.SetException(exception);

    protected override Task Invoke(object grain) => method((TGrain)grain, argument);

    protected override void Answer(Task finished) => answer.SetFromTask(finished);
}

internal sealed class QueuedCall<TGrain, TArgument, TResult>(
    Activation activation, Func<TGrain, TArgument, Task<TResult>> method, TArgument argument)
    : QueuedCall(activation)
{
    private readonly TaskCompletionSource<TResult> answer = new();

    public Task<TResult> Task => answer.Task;

    public override void Fail(Exception exception) => answer.SetException(exception);

    protected override Task Invoke(object grain) => method((TGrain)grain, argument);

    protected override void Answer(Task finished)
    {
        if (finished is Task<TResult> result)
            answer.SetFromTask(result);
        else
            answer.SetException(finished.Exception!.InnerExceptions);
    }
}
