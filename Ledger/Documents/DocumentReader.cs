using System.Security.Cryptography;
using Grains.Interfaces.Events;
using Ledger.Sealing;

namespace Ledger.Documents;

/// <summary>Opens documents of committed rows; whoever calls it has checked that the caller may see them.</summary>
public sealed class DocumentReader(IDocumentIndex index, AccountDirectory directory, MasterKey masterKey)
{
    /// <summary>The document's newest state; null where its owner has none of that number and kind.</summary>
    public async ValueTask<DocumentState?> Find(long owner, byte kind, long number)
    {
        if (await index.FindDocument(number) is not { } row || row.Debtor != owner)
            return null;
        return Last(await Open(row), number) is { } state && state.Kind == kind ? state : null;
    }

    /// <summary>Newest states, in the query's order.</summary>
    public async ValueTask<IReadOnlyList<OpenedDocument>> List(DocumentQuery query)
    {
        var places = await index.ListDocuments(query);
        var documents = new List<OpenedDocument>(places.Count);
        foreach (var place in places)
        {
            var frame = await Open(place.Row);
            documents.Add(new OpenedDocument(Last(frame, place.Number) ?? throw Missing(place.Number, place.Row), frame));
        }

        return documents;
    }

    /// <summary>The document with all that the same entry recorded; null where there is no such document.</summary>
    public async ValueTask<OpenedDocument?> Open(long owner, byte kind, long number)
    {
        if (await index.FindDocument(number) is not { } row || row.Debtor != owner)
            return null;
        var frame = await Open(row);
        return Last(frame, number) is { } state && state.Kind == kind ? new OpenedDocument(state, frame) : null;
    }

    /// <summary>A case's newest state, and the account whose payment it is about; null where there is no such case.</summary>
    public async ValueTask<(DocumentState State, AccountRecord Account)?> FindCase(long number)
    {
        // That of a card payment stands in its merchant's row.
        if (await index.FindDocument(number) is not { } row || (!row.Type.IsOfFraud() && row.Type != EventType.MerchantRecorded))
            return null;
        return Last(await Open(row), number) is { Kind: CaseList.Kind } state ? (state, (await directory.Find(row.Debtor))!) : null;
    }

    /// <summary>The account that owns a document; null where there is no such document.</summary>
    public async ValueTask<AccountRecord?> FindOwner(long number) => await index.FindDocument(number) is { } row ? await directory.Find(row.Debtor) : null;

    /// <summary>All document states that a row recorded, in order; none where it recorded none.</summary>
    public async ValueTask<IReadOnlyList<DocumentState>> Open(LogRow row)
    {
        if (row.Sealed is null)
            return [];
        var owner = await directory.Find(row.Debtor) ?? throw new InvalidDataException($"The log names account {row.Debtor}, which does not exist.");
        using var key = masterKey.Unwrap(owner.WrappedDataKey ?? throw new CryptographicException($"Account {owner.Number} has no data key."));
        return DocumentFrame.Decode(key.Open(row.Id, row.Sealed));
    }

    private static DocumentState? Last(IReadOnlyList<DocumentState> frame, long number) => frame.LastOrDefault(state => state.Number == number);

    private static InvalidDataException Missing(long number, LogRow row) => new($"Document {number} is not in row {row.Id}, where the index has it.");
}

/// <summary>A document, and the states that were recorded with it.</summary>
public sealed record OpenedDocument(DocumentState State, IReadOnlyList<DocumentState> Frame);
