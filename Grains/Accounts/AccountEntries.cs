using Ledger;
using Ledger.Documents;
using Ledger.EventLog;
using Ledger.Sealing;

namespace Grains.Accounts;

/// <summary>
/// What an account's entries have in common: the lane to the ledger, and the key under which its personal fields are sealed.
/// </summary>
internal sealed class AccountEntries(MasterKey masterKey, ReferenceHash references)
{
    private DataKey? dataKey;
    private byte[]? dataKeyWrapped;

    public WriterLane Lane { get; } = new();

    public ReferenceHash References => references;

    public byte[] NewWrappedKey() => masterKey.NewWrappedKey();

    /// <summary>Seals under the account's own data key.</summary>
    /// <param name="again">Whether something else may have been sealed for this row before.</param>
    /// <param name="clear">Empty where there is nothing to seal.</param>
    public byte[]? Seal(byte[] wrappedKey, long row, ReadOnlySpan<byte> clear, bool again = false) =>
        clear.IsEmpty ? null : again ? Key(wrappedKey).SealAgain(row, clear) : Key(wrappedKey).Seal(row, clear);

    /// <summary>Seals under another account's data key.</summary>
    public byte[]? SealForOther(byte[]? wrappedKey, long row, byte[]? clear)
    {
        if (clear is null)
            return null;
        using var key = masterKey.Unwrap(wrappedKey ?? throw new InvalidOperationException("A system account has no data key, and no name."));
        return key.Seal(row, clear);
    }

    /// <summary>An entry of rows that are complete: seals their leaves.</summary>
    public JournalEntry Entry(AccountState state, LogRow row, LogRow[]? moreRows = null, AccountChange? change = null, long returns = 0, long[]? references = null,
        DueItem[]? dueAdded = null, DueItem[]? dueDone = null, IReadOnlyList<DocumentChange>? documents = null, LogRow? documentsRow = null) =>
        Entry(state.Number, state.Version, row, moreRows, change, returns, references, dueAdded, dueDone, documents, documentsRow);

    public JournalEntry Entry(long owner, long version, LogRow row, LogRow[]? moreRows = null, AccountChange? change = null, long returns = 0, long[]? references = null,
        DueItem[]? dueAdded = null, DueItem[]? dueDone = null, IReadOnlyList<DocumentChange>? documents = null, LogRow? documentsRow = null)
    {
        LeafHash.Seal(row);
        foreach (var more in moreRows ?? [])
            LeafHash.Seal(more);
        return new JournalEntry
        {
            Lane = Lane,
            Owner = owner,
            ExpectedVersion = version,
            Row = row,
            MoreRows = moreRows,
            Change = change,
            Returns = returns,
            References = references,
            DueAdded = dueAdded,
            DueDone = dueDone,
            Documents = documents,
            DocumentsRow = documentsRow ?? row,
        };
    }

    // The key of an opening that was never recorded is not the account's: the one that is recorded comes with a key of its own.
    private DataKey Key(byte[] wrappedKey)
    {
        if (ReferenceEquals(wrappedKey, dataKeyWrapped))
            return dataKey!;
        if (dataKey is null || !wrappedKey.AsSpan().SequenceEqual(dataKeyWrapped))
        {
            dataKey?.Dispose();
            dataKey = masterKey.Unwrap(wrappedKey);
        }

        dataKeyWrapped = wrappedKey;
        return dataKey;
    }

    /// <summary>Lets go of the key, as the grain goes to sleep.</summary>
    public void Close() => dataKey?.Dispose();
}
