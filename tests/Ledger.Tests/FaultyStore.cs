namespace Ledger.Tests;

/// <summary>A store over a real one that fails as it is told to.</summary>
internal sealed class FaultyStore(ILedgerStore inner) : ILedgerStore
{
    /// <summary>A batch that holds a row with such an id cannot be written, and no reason is named.</summary>
    public HashSet<long> NotWritable { get; } = [];

    /// <summary>What the next commits do, in order; an empty queue means that they work.</summary>
    public Queue<Fault> NextCommits { get; } = new();

    public Queue<Fault> NextResolves { get; } = new();

    public Queue<Fault> NextLeases { get; } = new();

    public Queue<Fault> NextCatchUps { get; } = new();

    /// <summary>Every call, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Ids of the rows of each commit that worked.</summary>
    public List<long[]> Committed { get; } = [];

    public Action BeforeCommit { get; set; } = static () => { };

    public ILedgerReader Reader => inner.Reader;

    public Ledger.Documents.IDocumentIndex Documents => inner.Documents;

    public long LastPosition => inner.LastPosition;

    public long LeaseIds(int count)
    {
        if (NextLeases.TryDequeue(out var fault))
            Fail(fault);
        return inner.LeaseIds(count);
    }

    public void Commit(IReadOnlyList<JournalEntry> entries)
    {
        BeforeCommit();
        Calls.Add($"commit {entries.Count}");
        var fault = NextCommits.TryDequeue(out var next) ? next : Fault.None;
        if (fault == Fault.TransientAfterApplying)
        {
            // As a disk that is full at the very end: every entry has got an outcome that says nothing.
            foreach (var entry in entries)
                entry.Refuse(Refusal.StaleVersion);
            Fail(Fault.Transient);
        }

        if (fault is Fault.Transient or Fault.Lost)
            Fail(fault);
        if (entries.Any(entry => NotWritable.Contains(entry.Row.Id)))
            throw new LedgerStoreException("This row cannot be written.");
        inner.Commit(entries);
        Committed.Add([.. entries.Select(static entry => entry.Row.Id)]);
        if (fault == Fault.LostThoughCommitted)
            Fail(fault);
    }

    public void ResolveOutcome(IReadOnlyList<JournalEntry> entries)
    {
        Calls.Add($"resolve {entries.Count}");
        if (NextResolves.TryDequeue(out var fault))
            Fail(fault);
        inner.ResolveOutcome(entries);
    }

    public bool CatchUp()
    {
        if (NextCatchUps.TryDequeue(out var fault))
            Fail(fault);
        return inner.CatchUp();
    }

    public void Dispose() => inner.Dispose();

    private static void Fail(Fault fault)
    {
        if (fault == Fault.None)
            return;
        throw new LedgerStoreException($"Injected: {fault}.")
        {
            IsTransient = fault == Fault.Transient,
            OutcomeUnknown = fault is Fault.Lost or Fault.LostThoughCommitted,
        };
    }
}

internal enum Fault
{
    None,
    Transient,
    TransientAfterApplying,
    Lost,
    LostThoughCommitted,
    Final,
}
