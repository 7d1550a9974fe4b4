using Ledger.Documents;

namespace Ledger.Shards;

/// <summary>Finds documents of all shards: a document lies where its owner does.</summary>
public sealed class ShardedDocuments(IReadOnlyList<IDocumentIndex> shards) : IDocumentIndex
{
    public ValueTask<LogRow?> FindDocument(long number) =>
        ShardNumbers.ShardOf(number) < shards.Count ? shards[ShardNumbers.ShardOf(number)].FindDocument(number) : default;

    public ValueTask<IReadOnlyList<DocumentPlace>> ListDocuments(DocumentQuery query) => shards[ShardNumbers.ShardOf(query.Owner)].ListDocuments(query);
}
