namespace Ledger;

/// <summary>
/// A book of entries that is no part of the ledger, and shared by every process on its database: the sandbox's outside world keeps it.
/// Entries are never changed; each has a key of its own, and may be about a subject.
/// </summary>
public interface ISharedBook
{
    /// <summary>The entry under a key; null where there is none.</summary>
    /// <exception cref="LedgerStoreException">The database does not answer.</exception>
    string? Find(string key);

    /// <summary>Every entry, in order.</summary>
    /// <exception cref="LedgerStoreException">The database does not answer.</exception>
    IReadOnlyList<string> All();

    /// <summary>The entry under a key, written now where there is none; durable when it returns. One at a time over all processes.</summary>
    /// <param name="subject">Whose entries so far the decision needs; null for none.</param>
    /// <param name="decide">From those entries and the new one's number: the new entry, and its subject.</param>
    /// <exception cref="LedgerStoreException">The database does not answer: it may have been written.</exception>
    string FindOrAdd(string key, string? subject, Func<IReadOnlyList<string>, long, (string Entry, string? Subject)> decide);
}
