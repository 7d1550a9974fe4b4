using Ledger;

namespace Simulation.PlantedBugs;

/// <summary>A store that does what the one below does, but for the mistake of whoever derives from it.</summary>
internal abstract class StoreDecorator(ILedgerStore inner) : ILedgerStore
{
    protected ILedgerStore Inner => inner;

    public virtual ILedgerReader Reader => inner.Reader;

    public Ledger.Documents.IDocumentIndex Documents => inner.Documents;

    public long LastPosition => inner.LastPosition;

    public long LeaseIds(int count) => inner.LeaseIds(count);

    public virtual void Commit(IReadOnlyList<JournalEntry> entries) => inner.Commit(entries);

    public void ResolveOutcome(IReadOnlyList<JournalEntry> entries) => inner.ResolveOutcome(entries);

    public virtual bool CatchUp() => inner.CatchUp();

    public void Dispose() => inner.Dispose();
}
