using Ledger;
using Ledger.Shards;

namespace Simulation;

/// <summary>The power failed.</summary>
internal sealed class CrashedException : Exception;

/// <summary>What is shared by all connections to one ledger: its faults, in the order of commits, and who is told of a fence.</summary>
internal sealed class StoreFaults(Plan plan, Trace trace)
{
    private readonly ILookup<int, FaultKind> atCommit = plan.Faults.Where(static fault => fault.IsOfCommit).ToLookup(static fault => fault.At, static fault => fault.Kind);
    private readonly HashSet<UInt128> poisoned = [.. plan.Operations.Where(static operation => operation.Poisoned).Select(static operation => operation.RequestHash)];

    /// <summary>From here on nothing goes wrong any more.</summary>
    public bool Ended { get; set; }

    public bool SlowReads { get; set; }

    /// <summary>The shard that commits nothing before that time.</summary>
    public (int Shard, long UntilMs) Away { get; set; } = (-1, 0);

    public Func<long> NowMs { get; set; } = static () => 0;

    public int Commits { get; private set; }

    /// <summary>Entries that commits refused.</summary>
    public int Refused { get; set; }

    public bool ResolveFails { get; set; }

    public bool LeaseFails { get; set; }

    /// <summary>Called with the accounts whose versions a resolution is about to advance.</summary>
    public Action<IReadOnlyList<long>> Fencing { get; set; } = static _ => { };

    public FaultKind NextCommit()
    {
        Commits++;
        if (Ended)
            return 0;
        FaultKind now = 0;
        foreach (var fault in atCommit[Commits])
        {
            trace.Line($"fault: {fault}");
            if (fault == FaultKind.ResolveFails)
                ResolveFails = true;
            else if (fault == FaultKind.LeaseFails)
                LeaseFails = true;
            else
                now = fault;
        }

        return now;
    }

    public bool IsAway(int shard) => !Ended && Away.Shard == shard && NowMs() < Away.UntilMs;

    public bool IsPoisoned(JournalEntry entry) => poisoned.Contains(entry.Row.RequestHash);
}

/// <summary>One process's connection to the store, which can crash, fail, lose outcomes and be slow.</summary>
/// <param name="shard">Whose ids the store leases.</param>
internal sealed class OwnerStore(ILedgerStore inner, int shard, StoreFaults faults, SlowAnswers slow) : ILedgerStore
{
    private bool started;
    private IReadOnlyList<JournalEntry>? late;

    public ILedgerReader Reader { get; } = new SlowReader(inner.Reader, slow);

    public Ledger.Documents.IDocumentIndex Documents { get; } = new SlowDocuments(inner.Documents, slow);

    public long LastPosition => inner.LastPosition;

    public long LeaseIds(int count)
    {
        // A process that cannot lease at its start does not start: not what is tested here.
        if (started && faults.LeaseFails && !faults.Ended)
        {
            faults.LeaseFails = false;
            throw new LedgerStoreException("Simulated: no lease for now.") { IsTransient = true };
        }

        started = true;
        return ShardNumbers.Base(shard) + inner.LeaseIds(count);
    }

    public void Commit(IReadOnlyList<JournalEntry> entries)
    {
        if (faults.IsAway(shard))
            throw Busy();
        switch (faults.NextCommit())
        {
            case FaultKind.CrashBeforeCommit:
                throw new CrashedException();
            case FaultKind.CrashAfterCommit:
                Write(entries);
                throw new CrashedException();
            case FaultKind.LoseCommitted:
                Write(entries);
                throw Lost();
            case FaultKind.LoseUncommitted:
                throw Lost();
            case FaultKind.LoseAndCommitLate:
                late = entries;
                throw Lost();
            case FaultKind.Transient:
                throw Busy();
            default:
                Write(entries);
                break;
        }
    }

    public void ResolveOutcome(IReadOnlyList<JournalEntry> entries)
    {
        if (late is not null)
        {
            var batch = late;
            late = null;
            Write(batch);
        }

        if (faults.IsAway(shard))
            throw Busy();
        if (faults.ResolveFails && !faults.Ended)
        {
            faults.ResolveFails = false;
            throw Busy();
        }

        faults.Fencing([.. entries.Select(static entry => entry.Owner).Where(static owner => owner != 0).Distinct()]);
        inner.ResolveOutcome(entries);
    }

    public bool CatchUp() => inner.CatchUp();

    public void Dispose()
    {
        // The connection is the process's; the files are the run's.
    }

    private void Write(IReadOnlyList<JournalEntry> entries)
    {
        if (entries.Any(faults.IsPoisoned))
            throw new LedgerStoreException("Simulated: an entry cannot be written, and none is named.");
        inner.Commit(entries);
        faults.Refused += entries.Count(static entry => entry.Outcome != Refusal.None);
    }

    private static LedgerStoreException Busy() => new("Simulated: busy.") { IsTransient = true };

    private static LedgerStoreException Lost() => new("Simulated: the connection broke during the commit.") { OutcomeUnknown = true };
}
