using Microsoft.Extensions.Logging;

namespace Ledger;

/// <summary>What became of an entry at the queue.</summary>
public enum Admission : byte
{
    Admitted = 1,

    /// <summary>The queue is full: nothing was taken, nothing will be recorded.</summary>
    QueueFull = 2,

    /// <summary>The writer takes no more work.</summary>
    Stopping = 3,
}

/// <summary>
/// Group commit: whatever is queued becomes one database transaction, then whatever queued meanwhile, and so on, without
/// timers. An entry is completed only after its commit is durable. One step is one call of <see cref="CommitQueued"/>, by one
/// thread at a time (in production <see cref="LedgerThread"/>).
/// </summary>
public sealed class LedgerWriter : IDisposable
{
    private readonly ILedgerStore store;
    private readonly LedgerOptions options;
    private readonly TimeProvider timeProvider;
    private readonly Action<IThreadPoolWorkItem> complete;
    private readonly LedgerInstruments instruments;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly Queue<JournalEntry> replays = new();
    private readonly Queue<JournalEntry> queue = new();
    private readonly Queue<SlicedWork> slices = new();
    private List<JournalEntry>? unresolved;
    private List<JournalEntry>? retrying;
    private bool stopping;
    private bool ended;

    /// <param name="complete">Where completed batches tell their grains: the thread pool, or a simulation's scheduler.</param>
    public LedgerWriter(ILedgerStore store, LedgerOptions options, TimeProvider timeProvider, Action<IThreadPoolWorkItem> complete, ILogger<LedgerWriter> logger)
    {
        this.store = store;
        this.options = options;
        this.timeProvider = timeProvider;
        this.complete = complete;
        this.logger = logger;
        Ids = new LedgerIds(store, options.IdBlock, () => Wake());
        Tail = new LogTail(store.LastPosition);
        Directory = new AccountDirectory(store.Reader);
        instruments = new LedgerInstruments(() => QueueDepth);
    }

    public LedgerIds Ids { get; }

    public LogTail Tail { get; }

    public AccountDirectory Directory { get; }

    public ILedgerReader Reader => store.Reader;

    public int QueueLimit => options.QueueLimit;

    public int QueueDepth
    {
        get
        {
            lock (gate)
                return queue.Count + replays.Count;
        }
    }

    /// <summary>Called when there is something to commit; set by what drives the writer.</summary>
    internal Action Wake { get; set; } = static () => { };

    /// <summary>Queues an entry for the next commit.</summary>
    public Admission TryEnqueue(JournalEntry entry)
    {
        lock (gate)
        {
            if (stopping)
                return Admission.Stopping;
            if (queue.Count >= options.QueueLimit)
                return Admission.QueueFull;
            entry.Lane?.Admit(entry);
            queue.Enqueue(entry);
        }

        Wake();
        return Admission.Admitted;
    }

    /// <summary>Queues an entry that was admitted before and is decided anew: before new work, whatever the queue's limit.</summary>
    public void EnqueueReplay(JournalEntry entry)
    {
        lock (gate)
        {
            entry.Lane?.Admit(entry);
            replays.Enqueue(entry);
        }

        Wake();
    }

    /// <summary>Takes no more new entries; those that are queued still commit.</summary>
    public void StopAdmitting()
    {
        lock (gate)
            stopping = true;
        Wake();
    }

    /// <summary>
    /// One step: commits what is queued, or tries again what the store could not do the last time.
    /// </summary>
    public WriterStep CommitQueued()
    {
        if (unresolved is not null)
            return Resolve(unresolved);
        LeaseAhead();
        var batch = retrying ?? Take();
        if (batch.Count == 0)
            return WriterStep.Idle;
        retrying = null;
        return Commit(batch);
    }

    /// <summary>
    /// Runs work on the store that must not meet a commit: one slice after each commit, and one after the other while nothing
    /// is queued, until it returns false. An exception of it goes to the task, which is cancelled where the writer ends first.
    /// </summary>
    /// <param name="abandoned">Called on the slices' thread where the writer ends before they do.</param>
    public Task RunBetweenCommits(Func<bool> slice, Action? abandoned = null)
    {
        var work = new SlicedWork(slice, abandoned);
        lock (gate)
        {
            if (stopping || ended)
                return Task.FromCanceled(new CancellationToken(canceled: true));
            slices.Enqueue(work);
        }

        Wake();
        return work.Done.Task;
    }

    /// <summary>Runs one slice of what <see cref="RunBetweenCommits"/> took; false where there is none. Called by what drives the writer.</summary>
    public bool RunSlice()
    {
        SlicedWork? work;
        lock (gate)
        {
            if (!slices.TryPeek(out work))
                return false;
        }

        if (work.RunSlice())
            return true;
        lock (gate)
            slices.Dequeue();
        return true;
    }

    /// <summary>No step comes any more: what is left of sliced work is given up. Called last by what drives the writer.</summary>
    internal void EndSlices()
    {
        List<SlicedWork> left;
        lock (gate)
        {
            ended = true;
            left = [.. slices];
            slices.Clear();
        }

        foreach (var work in left)
            work.Abandon();
    }

    /// <summary>A slice of work that is behind the log. True while there is more.</summary>
    public bool CatchUp()
    {
        try
        {
            return store.CatchUp();
        }
        catch (LedgerStoreException exception)
        {
            // Nobody waits for it, and it is the same work the next time.
            LedgerWriterLog.CatchUpFailed(logger, exception);
            return false;
        }
    }

    public void Dispose() => instruments.Dispose();

    // A block whose lease failed, or was not heard of, is a gap in the ids, no more: the next step asks again.
    private void LeaseAhead()
    {
        try
        {
            Ids.LeaseAhead(store);
        }
        catch (LedgerStoreException exception)
        {
            LedgerWriterLog.LeaseFailed(logger, exception);
        }
    }

    private List<JournalEntry> Take()
    {
        lock (gate)
        {
            var batch = new List<JournalEntry>(Math.Min(options.MaxBatch, replays.Count + queue.Count));
            while (batch.Count < options.MaxBatch && replays.TryDequeue(out var replay))
                batch.Add(replay);
            while (batch.Count < options.MaxBatch && queue.TryDequeue(out var entry))
                batch.Add(entry);
            return batch;
        }
    }

    private WriterStep Commit(List<JournalEntry> batch)
    {
        var started = timeProvider.GetTimestamp();
        try
        {
            store.Commit(batch);
        }
        catch (LedgerStoreException exception) when (exception.OutcomeUnknown)
        {
            LedgerWriterLog.OutcomeUnknown(logger, batch.Count, exception);
            ForgetAttempt(batch);
            unresolved = batch;
            return WriterStep.TryAgain;
        }
        catch (LedgerStoreException exception) when (exception.IsTransient)
        {
            LedgerWriterLog.TryAgain(logger, batch.Count, exception);
            ForgetAttempt(batch);
            retrying = batch;
            return WriterStep.TryAgain;
        }
        catch (LedgerStoreException exception)
        {
            ForgetAttempt(batch);
            return Halve(batch, exception);
        }

        Finish(batch, timeProvider.GetElapsedTime(started));
        return WriterStep.Committed;
    }

    // Nothing of the batch is recorded, and no row was named: the entry that is to blame is found by halving; the others commit.
    private WriterStep Halve(List<JournalEntry> batch, LedgerStoreException exception)
    {
        if (batch.Count == 1)
        {
            LedgerWriterLog.NotWritable(logger, batch[0].Row.Id, exception);
            batch[0].Refuse(Refusal.NotWritable);
            Finish(batch, TimeSpan.Zero);
            return WriterStep.Committed;
        }

        var half = batch.Count / 2;
        var first = Commit(batch[..half]);
        if (first != WriterStep.TryAgain)
            return Commit(batch[half..]);
        // The first half waits for the store, or for its outcome; the second half goes behind it, before everything else.
        (retrying ??= []).AddRange(batch[half..]);
        return WriterStep.TryAgain;
    }

    // A failed try's refusals say nothing, so no lane may remember them.
    private static void ForgetAttempt(List<JournalEntry> batch)
    {
        foreach (var entry in batch)
            entry.Lane?.ForgetAttempt();
    }

    private WriterStep Resolve(List<JournalEntry> batch)
    {
        try
        {
            store.ResolveOutcome(batch);
        }
        catch (LedgerStoreException exception)
        {
            LedgerWriterLog.StillUnknown(logger, batch.Count, exception);
            return WriterStep.TryAgain;
        }

        unresolved = null;
        Finish(batch, TimeSpan.Zero);
        return WriterStep.Committed;
    }

    private void Finish(List<JournalEntry> batch, TimeSpan duration)
    {
        var refused = 0;
        foreach (var entry in batch)
        {
            if (entry.Outcome != Refusal.None)
            {
                refused++;
                entry.Lane?.Settle(entry);
            }
            else if (entry.Change is not null)
                Directory.Forget(entry.Owner);
        }

        instruments.Committed(duration, batch.Count, refused);
        Tail.Advance(store.LastPosition);
        complete(new CompletedBatch(batch));
    }

    private sealed class CompletedBatch(List<JournalEntry> entries) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            foreach (var entry in entries)
                entry.Complete();
        }
    }
}

/// <summary>What one step of the writer did.</summary>
public enum WriterStep : byte
{
    /// <summary>Nothing was queued.</summary>
    Idle = 1,
    Committed = 2,

    /// <summary>The store failed for now: step again after a while.</summary>
    TryAgain = 3,
}
