namespace Ledger.Documents;

/// <summary>Finds the log rows that hold documents. Reads committed state, each call of one moment.</summary>
public interface IDocumentIndex
{
    /// <summary>The row that holds the document's newest state; null where there is no such document.</summary>
    ValueTask<LogRow?> FindDocument(long number);

    /// <summary>Documents of a kind, newest first: by the time of the entry that made them, then by number. None where a bound is no document.</summary>
    ValueTask<IReadOnlyList<DocumentPlace>> ListDocuments(DocumentQuery query);
}

/// <summary>Where a document is.</summary>
public sealed record DocumentPlace(long Number, LogRow Row);

/// <summary>What a list asks for.</summary>
/// <param name="Link">Only those with this link; null for all.</param>
/// <param name="Before">Only those older than this document; 0 for no bound.</param>
/// <param name="After">Only those newer than this document; 0 for no bound.</param>
/// <param name="OldestFirst">Takes the oldest that fit, and answers them oldest first.</param>
/// <param name="CreatedFromMs">Only those made at or after this time.</param>
/// <param name="CreatedToMs">Only those made at or before this time.</param>
public sealed record DocumentQuery(
    long Owner, byte Kind, string? Link, long Before, long After, int Limit, bool OldestFirst = false, long CreatedFromMs = 0, long CreatedToMs = long.MaxValue)
{
    /// <summary>
    /// Between which places, neither of them included, the list is. Numbers of several processes are leased in blocks, so that only time
    /// says what is newer; within one millisecond it is the number.
    /// </summary>
    /// <param name="afterMs">When <see cref="After"/> was made; 0 for no bound.</param>
    /// <param name="beforeMs">When <see cref="Before"/> was made.</param>
    internal (DocumentMoment Above, DocumentMoment Below) Bounds(long afterMs, long beforeMs)
    {
        var from = new DocumentMoment(CreatedFromMs, 0);
        var to = CreatedToMs == long.MaxValue ? new DocumentMoment(long.MaxValue, long.MaxValue) : new DocumentMoment(CreatedToMs + 1, 0);
        var (after, before) = (new DocumentMoment(afterMs, After), new DocumentMoment(beforeMs, Before));
        return (After != 0 && after.CompareTo(from) > 0 ? after : from, Before != 0 && before.CompareTo(to) < 0 ? before : to);
    }
}

/// <summary>A place in a list.</summary>
internal readonly record struct DocumentMoment(long CreatedMs, long Number) : IComparable<DocumentMoment>
{
    public int CompareTo(DocumentMoment other) => (CreatedMs, Number).CompareTo((other.CreatedMs, other.Number));
}
