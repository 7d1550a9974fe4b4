using Ledger.Documents;

namespace Ledger.Sqlite;

/// <summary>Keys and index of documents in a SQLite ledger, read beside its writer.</summary>
internal sealed class SqliteDocumentTables(string path) : IDocumentTables
{
    private readonly SqliteDatabase database = new(path, SqliteAccess.Audit);

    public byte[]? DataKey(long account)
    {
        var select = database.Statement("SELECT data_key FROM account WHERE number = ?").Bind(1, account);
        try
        {
            return select.Step() ? select.Blob(0) : null;
        }
        finally
        {
            select.Reset();
        }
    }

    public string? AccountOf(long account)
    {
        var select = database.Statement("SELECT id FROM account WHERE number = ?").Bind(1, account);
        try
        {
            return select.Step() ? select.Text(0) : null;
        }
        finally
        {
            select.Reset();
        }
    }

    public IReadOnlyList<IndexedDocument> Index(long after, int limit)
    {
        var page = new List<IndexedDocument>();
        var select = database.Statement("SELECT number, owner, kind, row FROM document WHERE number > ? ORDER BY number LIMIT ?").Bind(1, after).Bind(2, limit);
        try
        {
            while (select.Step())
                page.Add(new IndexedDocument(select.Int64(0), select.Int64(1), (byte)select.Int64(2), select.Int64(3)));
        }
        finally
        {
            select.Reset();
        }

        return page;
    }

    public IReadOnlyList<DueItem> Due(string kind)
    {
        var items = new List<DueItem>();
        var select = database.Statement("SELECT at, grain, id FROM due WHERE kind = ?").Bind(1, kind);
        try
        {
            while (select.Step())
                items.Add(new DueItem(select.Int64(0), select.Text(1)!, kind, select.Int64(2)));
        }
        finally
        {
            select.Reset();
        }

        return items;
    }

    public void Dispose() => database.Dispose();
}
