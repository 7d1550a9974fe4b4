namespace Ledger.Documents;

/// <summary>Finds the log rows that hold documents. Reads committed state, each call of one moment.</summary>
public interface IDocumentIndex
{
    /// <summary>The row that holds the document's newest state; null where there is no such document.</summary>
    ValueTask<LogRow?> FindDocument(long number);

    /// <summary>Documents of a kind, newest first.</summary>
    ValueTask<IReadOnlyList<DocumentPlace>> ListDocuments(DocumentQuery query);
}

/// <summary>Where a document is.</summary>
public sealed record DocumentPlace(long Number, LogRow Row);

/// <summary>What a list asks for.</summary>
/// <param name="Link">Only those with this link; null for all.</param>
/// <param name="Before">Only numbers below; 0 for no bound.</param>
/// <param name="After">Only numbers above; 0 for no bound.</param>
/// <param name="OldestFirst">Takes the oldest that fit, and answers them oldest first.</param>
public sealed record DocumentQuery(long Owner, byte Kind, string? Link, long Before, long After, int Limit, bool OldestFirst = false);
