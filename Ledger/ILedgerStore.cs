using Ledger.Documents;

namespace Ledger;

/// <summary>
/// A shard of the ledger. Writing is for one thread at a time, the <see cref="LedgerWriter"/>'s; reading is for any.
/// </summary>
public interface ILedgerStore : IDisposable
{
    /// <summary>Committed state, for grains and the gateway.</summary>
    ILedgerReader Reader { get; }

    /// <summary>Where committed documents are.</summary>
    IDocumentIndex Documents { get; }

    /// <summary>The first of <paramref name="count"/> ids that nobody else gets, ever; durable before it returns.</summary>
    long LeaseIds(int count);

    /// <summary>
    /// Commits the entries, in order, as one database transaction, and sets the <see cref="JournalEntry.Outcome"/> of each:
    /// refused ones leave no trace. Returns only when the rest is durable.
    /// </summary>
    /// <exception cref="LedgerStoreException">The transaction failed, or its outcome is unknown; outcomes say nothing.</exception>
    void Commit(IReadOnlyList<JournalEntry> entries);

    /// <summary>
    /// After an unknown outcome: in a transaction of its own, advances the version of every account that owns an entry of the
    /// batch, so that the lost transaction is either visible now or can never commit; then reads which entries are there,
    /// and sets each one's outcome to <see cref="Refusal.None"/> or <see cref="Refusal.OutcomeLost"/>.
    /// </summary>
    void ResolveOutcome(IReadOnlyList<JournalEntry> entries);

    /// <summary>Does a slice of work that is behind the log (indexes, checkpoints). True while there is more.</summary>
    bool CatchUp();

    /// <summary>The position of the newest row that this store knows to be committed.</summary>
    long LastPosition { get; }

    /// <summary>
    /// From now on tells the tail of what others commit, and others of what this store does; ends with the store. A store that
    /// nobody else writes to has nothing to tell.
    /// </summary>
    void Follow(LogTail tail)
    {
    }
}
