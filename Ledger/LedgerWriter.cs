using Grains.Interfaces;
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
    private readonly bool ownsInstruments;
    private readonly ILogger logger;
    private readonly Lock gate = new();

    /// <summary>Since when it tries to commit what it has; <see cref="NotTrying"/> while it has nothing.</summary>
    private long tryingSince = NotTrying;

    private readonly Queue<JournalEntry> replays = new();
    private readonly Queue<JournalEntry> queue = new();
    private List<JournalEntry>? unresolved;
    private List<JournalEntry>? retrying;
    private readonly Queue<(Action Work, TaskCompletionSource Done)> errands = new();
    private bool stopping;

    private const long NotTrying = long.MinValue;

    /// <param name="directory">The ledger's, where this is one of its shards; null where it is the only one.</param>
    /// <param name="instruments">The ledger's, where others measure with them; null for its own.</param>
    /// <param name="complete">Where completed batches tell their grains: the thread pool, or a simulation's scheduler.</param>
    public LedgerWriter(ILedgerStore store, LedgerOptions options, TimeProvider timeProvider, Action<IThreadPoolWorkItem> complete, ILogger<LedgerWriter> logger, AccountDirectory? directory = null, LedgerInstruments? instruments = null)
    {
        this.store = store;
        this.options = options;
        this.timeProvider = timeProvider;
        this.complete = complete;
        this.logger = logger;
        Ids = new LedgerIds(store, options.IdBlock, () => Wake());
        Tail = new LogTail(store.LastPosition);
        store.Follow(Tail);
        Directory = directory ?? new AccountDirectory(store.Reader);
        ownsInstruments = instruments is null;
        this.instruments = instruments ?? new LedgerInstruments();
        this.instruments.AddQueue(() => QueueDepth);
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

    /// <summary>How long it has tried in vain to commit what it has: the store fails for now, or does not answer. Zero while it has nothing.</summary>
    public TimeSpan StuckFor => Interlocked.Read(ref tryingSince) is var since && since == NotTrying ? TimeSpan.Zero : timeProvider.GetElapsedTime(since);

    /// <summary>Called when there is something to commit; set by what drives the writer.</summary>
    internal Action Wake { get; set; } = static () => { };

    /// <summary>Queues an entry for the next commit.</summary>
    public Admission TryEnqueue(JournalEntry entry)
    {
        entry.Waiting = JourneyTrace.Now;
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
    /// <param name="before">As which it was admitted; null for the next step of what was.</param>
    public void EnqueueReplay(JournalEntry entry, JournalEntry? before = null)
    {
        // Who decides anew does so for many: each trace has its own commits.
        entry.Waiting = before is null ? JourneyTrace.Now : before.Waiting;
        lock (gate)
        {
            entry.Lane?.Admit(entry);
            replays.Enqueue(entry);
        }

        Wake();
    }

    /// <summary>Runs work on the writing thread between two commits, such as a step of a backup: it must be short, for every payment waits for it.</summary>
    /// <exception cref="InvalidOperationException">The writer takes no more work.</exception>
    public Task RunBetweenCommits(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (stopping)
                throw new InvalidOperationException("The ledger takes no more work: the process is going down.");
            errands.Enqueue((work, done));
        }

        Wake();
        return done.Task;
    }

    /// <summary>Runs what waits for a moment between two commits.</summary>
    internal void RunErrands()
    {
        while (NextErrand() is var (work, done))
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception exception)
            {
                // The caller's fault or the store's, and the caller's to handle: commits go on.
                done.SetException(exception);
            }
        }
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
        if (tryingSince == NotTrying)
            Interlocked.Exchange(ref tryingSince, timeProvider.GetTimestamp());
        var step = CommitOrResolve();
        if (step != WriterStep.TryAgain)
            Interlocked.Exchange(ref tryingSince, NotTrying);
        return step;
    }

    private WriterStep CommitOrResolve()
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

    public void Dispose()
    {
        if (ownsInstruments)
            instruments.Dispose();
    }

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

    private (Action Work, TaskCompletionSource Done)? NextErrand()
    {
        lock (gate)
            return errands.TryDequeue(out var errand) ? errand : null;
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
        CommitSpans.Record(batch, timeProvider, duration);
        Tail.Advance(store.LastPosition, batch);
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
