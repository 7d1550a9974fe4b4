namespace Ledger;

/// <summary>
/// The one thread that writes: decisions come from many threads, but a hand-off costs more than a payment, so that executing
/// and committing a batch stay on one thread. While nothing is queued it catches up with indexes and checkpoints.
/// </summary>
public sealed class LedgerThread : IDisposable
{
    /// <summary>How long nothing must have come before the thread catches up, in milliseconds.</summary>
    private const int QuietMs = 100;

    private readonly LedgerWriter writer;
    private readonly LedgerFaults faults;
    private readonly TimeProvider timeProvider;
    private readonly int maxRetryDelayMs;
    private readonly ManualResetEventSlim work = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Thread thread;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LedgerThread(LedgerWriter writer, LedgerOptions options, LedgerFaults faults, TimeProvider timeProvider)
    {
        this.writer = writer;
        this.faults = faults;
        this.timeProvider = timeProvider;
        maxRetryDelayMs = options.MaxRetryDelayMs;
        writer.Wake = work.Set;
        thread = new Thread(Run) { Name = "ledger", IsBackground = true };
        thread.Start();
    }

    /// <summary>Ends when the thread has ended; fails with what ended it, where that was not <see cref="Stop"/>.</summary>
    public Task Ended => ended.Task;

    /// <summary>Commits what is queued, then ends.</summary>
    public Task Stop()
    {
        writer.StopAdmitting();
        stop.Cancel();
        work.Set();
        return ended.Task;
    }

    public void Dispose()
    {
        stop.Cancel();
        work.Set();
        thread.Join();
        work.Dispose();
        stop.Dispose();
    }

    private void Run()
    {
        try
        {
            try
            {
                Loop();
            }
            finally
            {
                writer.EndSlices();
            }

            ended.SetResult();
        }
        catch (Exception exception)
        {
            // Whatever this is, it is a bug: nothing commits any more, and whoever waits on Ended takes the process down.
            ended.SetException(exception);
        }
    }

    private void Loop()
    {
        var delayMs = 1;
        while (true)
        {
            work.Reset();
            if (faults.CommitDelay is { } delay && writer.QueueDepth > 0)
                Pause(delay);
            switch (writer.CommitQueued())
            {
                case WriterStep.Committed:
                    delayMs = 1;
                    writer.RunSlice();
                    break;
                case WriterStep.TryAgain:
                    Pause(TimeSpan.FromMilliseconds(delayMs));
                    delayMs = Math.Min(delayMs * 2, maxRetryDelayMs);
                    break;
                case WriterStep.Idle:
                    if (stop.IsCancellationRequested)
                        return;
                    if (writer.RunSlice())
                        break;
                    // What is behind the log waits for a quiet moment: a fold of its own costs a sync that the next payment would wait for.
                    if (!work.Wait(QuietMs))
                        while (!work.IsSet && writer.CatchUp())
                        {
                        }

                    work.Wait();
                    break;
            }
        }
    }

    // A pause on the product's machine time that a stop does not cut short: what is queued must still commit.
    private void Pause(TimeSpan time)
    {
        using var over = new ManualResetEventSlim();
        using var timer = timeProvider.CreateTimer(static state => ((ManualResetEventSlim)state!).Set(), over, time, Timeout.InfiniteTimeSpan);
        over.Wait();
    }
}

/// <summary>Faults that the sandbox injects into the ledger.</summary>
public sealed class LedgerFaults
{
    /// <summary>Added before each commit; null for none.</summary>
    public TimeSpan? CommitDelay { get; set; }
}
