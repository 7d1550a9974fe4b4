using Grains.Interfaces;

namespace Silo.Embedded;

/// <summary>
/// What a reference calls its grain through. A call to an idle grain runs on the caller's thread up to its first await; any
/// other waits for its turn. Either way the caller gets a task, never a thrown exception.
/// </summary>
public readonly struct GrainHandle
{
    private readonly ActivationTable table;
    private readonly GrainId id;

    internal GrainHandle(ActivationTable table, GrainId id)
    {
        this.table = table;
        this.id = id;
    }

    public Task<TResult> Call<TGrain, TArgument, TResult>(Func<TGrain, TArgument, Task<TResult>> method, TArgument argument)
        where TGrain : class
    {
        var activation = table.Enter(id, out var entry);
        if (activation is null)
            return Task.FromException<TResult>(new GrainHostStopping());
        if (entry == Entry.Queue)
        {
            var queued = new QueuedCall<TGrain, TArgument, TResult>(activation, method, argument);
            activation.Enqueue(queued);
            return queued.Task;
        }

        var frame = activation.BeginCall();
        Task<TResult> call;
        try
        {
            call = method((TGrain)activation.Grain, argument) ?? throw NoTask();
        }
        catch (Exception exception)
        {
            call = Task.FromException<TResult>(exception);
        }

        activation.EndCall(frame, call);
        return call;
    }

    public Task Call<TGrain, TArgument>(Func<TGrain, TArgument, Task> method, TArgument argument)
        where TGrain : class
    {
        var activation = table.Enter(id, out var entry);
        if (activation is null)
            return Task.FromException(new GrainHostStopping());
        if (entry == Entry.Queue)
        {
            var queued = new QueuedCall<TGrain, TArgument>(activation, method, argument);
            activation.Enqueue(queued);
            return queued.Task;
        }

        var frame = activation.BeginCall();
        Task call;
        try
        {
            call = method((TGrain)activation.Grain, argument) ?? throw NoTask();
        }
        catch (Exception exception)
        {
            call = Task.FromException(exception);
        }

        activation.EndCall(frame, call);
        return call;
    }

    public Task<TResult> Call<TGrain, TResult>(Func<TGrain, Task<TResult>> method)
        where TGrain : class =>
        Call(static (TGrain grain, Func<TGrain, Task<TResult>> method) => method(grain), method);

    public Task Call<TGrain>(Func<TGrain, Task> method)
        where TGrain : class =>
        Call(static (TGrain grain, Func<TGrain, Task> method) => method(grain), method);

    internal static InvalidOperationException NoTask() => new("The grain's method returned no task.");
}
