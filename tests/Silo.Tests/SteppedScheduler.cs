using Silo.Embedded;

namespace Silo.Tests;

/// <summary>Runs turns one after the other on the thread of the test, when the test says so.</summary>
internal sealed class SteppedScheduler : ITurnScheduler
{
    private readonly Queue<IThreadPoolWorkItem> scheduled = [];

    public bool MayRunInline => false;

    public void Schedule(IThreadPoolWorkItem drain) => scheduled.Enqueue(drain);

    public void RunAll()
    {
        while (scheduled.TryDequeue(out var drain))
            drain.Execute();
    }

    /// <summary>Makes a call and runs turns until none is left: by then it must be complete.</summary>
    public void Finish(Func<Task> call)
    {
        var task = call();
        RunAll();
        Assert.True(task.IsCompleted, "The call waits for something that no scheduled turn does.");
        task.GetAwaiter().GetResult();
    }
}
