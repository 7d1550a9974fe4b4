namespace Ledger;

/// <summary>Work that the writer's thread does a slice at a time, between commits.</summary>
internal sealed class SlicedWork(Func<bool> slice, Action? abandoned)
{
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True while there is more. Whatever the slice throws is its caller's, not the writer's.</summary>
    public bool RunSlice()
    {
        try
        {
            if (slice())
                return true;
            Done.SetResult();
        }
        catch (Exception exception)
        {
            Done.SetException(exception);
        }

        return false;
    }

    public void Abandon()
    {
        try
        {
            abandoned?.Invoke();
            Done.SetCanceled();
        }
        catch (Exception exception)
        {
            Done.SetException(exception);
        }
    }
}
