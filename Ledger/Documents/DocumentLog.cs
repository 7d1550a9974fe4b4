using Ledger.Archive;
using Ledger.Postgres;
using Ledger.Sqlite;

namespace Ledger.Documents;

/// <summary>
/// The log and the index of documents, for an audit: beside the servers, changing nothing, on connections of its own. Pages of the log
/// are whole commits.
/// </summary>
public sealed class DocumentLog : IDisposable
{
    private readonly IArchiveSource log;
    private readonly IDocumentTables tables;

    private DocumentLog(IArchiveSource log, IDocumentTables tables) => (this.log, this.tables) = (log, tables);

    /// <exception cref="LedgerSchemaException">It is of another release.</exception>
    public static DocumentLog OfFile(string path) => new(new SqliteArchiveSource(path), new SqliteDocumentTables(path));

    /// <exception cref="LedgerSchemaException">It is of another release, or no ledger.</exception>
    public static DocumentLog OfDatabase(PostgresSettings settings) => new(new PostgresArchiveSource(settings), new PostgresDocumentTables(settings));

    /// <summary>Whether the whole log is there; one that let go of archived events cannot say what they made.</summary>
    public bool IsWhole => log.Pruned.Position == 0;

    /// <summary>The position of the newest committed row.</summary>
    public long LastPosition => log.LastPosition;

    /// <summary>Rows after a position, in order, up to the end of a commit; none where the log ends.</summary>
    public IReadOnlyList<LogRow> RowsAfter(long position) => [.. log.After(position).SelectMany(static batch => batch.Rows)];

    /// <summary>The wrapped key under which an account's documents are sealed; null where it has none.</summary>
    public byte[]? DataKey(long account) => tables.DataKey(account);

    /// <summary>What an account is called; null where there is none.</summary>
    public string? AccountOf(long account) => tables.AccountOf(account);

    /// <summary>What the index says of documents above a number, in order.</summary>
    public IReadOnlyList<IndexedDocument> Index(long after, int limit) => tables.Index(after, limit);

    /// <summary>All due work of a kind.</summary>
    public IReadOnlyList<DueItem> Due(string kind) => tables.Due(kind);

    public void Dispose()
    {
        log.Dispose();
        tables.Dispose();
    }
}

/// <summary>Where the index has a document.</summary>
/// <param name="Row">The row of the log whose sealed part holds its newest state.</param>
public readonly record struct IndexedDocument(long Number, long Owner, byte Kind, long Row);

/// <summary>What beside the log an audit of documents reads.</summary>
internal interface IDocumentTables : IDisposable
{
    byte[]? DataKey(long account);

    string? AccountOf(long account);

    IReadOnlyList<IndexedDocument> Index(long after, int limit);

    IReadOnlyList<DueItem> Due(string kind);
}
