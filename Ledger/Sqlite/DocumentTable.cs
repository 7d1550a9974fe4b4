using Ledger.Documents;

namespace Ledger.Sqlite;

/// <summary>The index of documents: which row of the log holds the newest state of each.</summary>
internal static class DocumentTable
{
    private static readonly string Columns = "l." + LogTable.Columns.Replace(", ", ", l.", StringComparison.Ordinal);

    public static void Write(SqliteDatabase database, IReadOnlyList<DocumentChange> changes, long row)
    {
        foreach (var change in changes)
        {
            database.Statement("INSERT INTO document (number, owner, kind, row) VALUES (?1,?2,?3,?4) ON CONFLICT (number) DO UPDATE SET row = ?4")
                .Bind(1, change.Number).Bind(2, change.Owner).Bind(3, (long)change.Kind).Bind(4, row).Run();
            foreach (var link in change.LinksRemoved)
                Link(database.Statement("DELETE FROM document_link WHERE owner = ? AND kind = ? AND link = ? AND number = ?"), change, link);
            foreach (var link in change.LinksAdded)
                Link(database.Statement("INSERT OR IGNORE INTO document_link (owner, kind, link, number) VALUES (?,?,?,?)"), change, link);
        }
    }

    public static LogRow? Find(SqliteDatabase database, long number)
    {
        var select = database.Statement($"SELECT {Columns} FROM document d JOIN log l ON l.id = d.row WHERE d.number = ?").Bind(1, number);
        try
        {
            return select.Step() ? LogTable.Read(select) : null;
        }
        finally
        {
            select.Reset();
        }
    }

    public static IReadOnlyList<DocumentPlace> List(SqliteDatabase database, DocumentQuery query)
    {
        var order = query.OldestFirst ? "" : " DESC";
        var from = query.Link is null
            ? "SELECT number FROM document WHERE owner = ?1 AND kind = ?2 AND kind < 64 AND number > ?3 AND number < ?4"
            : "SELECT number FROM document_link WHERE owner = ?1 AND kind = ?2 AND link = ?6 AND number > ?3 AND number < ?4";
        var select = database.Statement(
                $"SELECT {Columns}, d.number FROM ({from} ORDER BY number{order} LIMIT ?5) n JOIN document d ON d.number = n.number JOIN log l ON l.id = d.row ORDER BY n.number{order}")
            .Bind(1, query.Owner).Bind(2, (long)query.Kind).Bind(3, query.After).Bind(4, query.Before == 0 ? long.MaxValue : query.Before).Bind(5, query.Limit);
        if (query.Link is not null)
            select.Bind(6, query.Link);
        var places = new List<DocumentPlace>();
        try
        {
            while (select.Step())
                places.Add(new DocumentPlace(select.Int64(LogTable.ColumnNames.Length), LogTable.Read(select)));
        }
        finally
        {
            select.Reset();
        }

        return places;
    }

    private static void Link(PreparedStatement statement, DocumentChange change, string link) =>
        statement.Bind(1, change.Owner).Bind(2, (long)change.Kind).Bind(3, link).Bind(4, change.Number).Run();
}
