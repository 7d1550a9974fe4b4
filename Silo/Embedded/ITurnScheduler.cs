namespace Silo.Embedded;

/// <summary>Where grains get their threads from: the thread pool, or a simulation that decides the order itself.</summary>
public interface ITurnScheduler
{
    /// <summary>Whether a call to an idle grain may run on the thread of its caller.</summary>
    bool MayRunInline { get; }

    /// <summary>Executes <paramref name="drain"/> once, soon, and never within this call.</summary>
    void Schedule(IThreadPoolWorkItem drain);
}

/// <summary>Runs grains on the thread pool.</summary>
public sealed class ThreadPoolTurnScheduler : ITurnScheduler
{
    public bool MayRunInline => true;

    public void Schedule(IThreadPoolWorkItem drain) => ThreadPool.UnsafeQueueUserWorkItem(drain, preferLocal: true);
}
