namespace Grains.Fraud;

/// <summary>Work of one grain that awaits, and must not meet itself: each begins when the one before has ended, in the order of the calls.</summary>
internal sealed class OneByOne
{
    /// <summary>Ends when what was begun so far has.</summary>
    public Task Last { get; private set; } = Task.CompletedTask;

    public async Task<T> Run<T>(Func<Task<T>> work)
    {
        var (before, mine) = (Last, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Last = mine.Task;
        try
        {
            await before;
            return await work();
        }
        finally
        {
            mine.SetResult();
        }
    }
}
