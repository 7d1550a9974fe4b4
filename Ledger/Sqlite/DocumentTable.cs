using Ledger.Documents;

namespace Ledger.Sqlite;

/// <summary>The index of documents: which row of the log holds the newest state of each.</summary>
internal static class DocumentTable
{
    private static readonly string Columns = "l." + LogTable.Columns.Replace(", ", ", l.", StringComparison.Ordinal);

    public static void Write(SqliteDatabase database, IReadOnlyList<DocumentChange> changes, LogRow row)
    {
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            if (change.IsNew)
                Insert(database, change, row);
            else
                Update(database, change, row);
        }
    }

    // When it was made is the time of this row: its links need not ask.
    private static void Insert(SqliteDatabase database, DocumentChange change, LogRow row)
    {
        database.Statement("INSERT INTO document (number, owner, kind, row, created) VALUES (?,?,?,?,?)")
            .Bind(1, change.Number).Bind(2, change.Owner).Bind(3, (long)change.Kind).Bind(4, row.Id).Bind(5, row.TimeMs).Run();
        for (var i = 0; i < change.LinksAdded.Count; i++)
            database.Statement("INSERT INTO document_link (owner, kind, link, created, number) VALUES (?,?,?,?,?)")
                .Bind(1, change.Owner).Bind(2, (long)change.Kind).Bind(3, change.LinksAdded[i]).Bind(4, row.TimeMs).Bind(5, change.Number).Run();
    }

    private static void Update(SqliteDatabase database, DocumentChange change, LogRow row)
    {
        database.Statement("INSERT INTO document (number, owner, kind, row, created) VALUES (?1,?2,?3,?4,?5) ON CONFLICT (number) DO UPDATE SET row = ?4")
            .Bind(1, change.Number).Bind(2, change.Owner).Bind(3, (long)change.Kind).Bind(4, row.Id).Bind(5, row.TimeMs).Run();
        foreach (var link in change.LinksRemoved)
            Link(database.Statement("DELETE FROM document_link WHERE owner = ?1 AND kind = ?2 AND link = ?3 AND created = (SELECT created FROM document WHERE number = ?4) AND number = ?4"), change, link);
        foreach (var link in change.LinksAdded)
            Link(database.Statement("INSERT OR IGNORE INTO document_link (owner, kind, link, created, number) SELECT ?1, ?2, ?3, created, number FROM document WHERE number = ?4"), change, link);
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
        if (Created(database, query.After) is not { } afterMs || Created(database, query.Before) is not { } beforeMs)
            return [];
        var (above, below) = query.Bounds(afterMs, beforeMs);
        var order = query.OldestFirst ? "" : " DESC";
        var from = query.Link is null
            ? "SELECT created, number FROM document WHERE owner = ?1 AND kind = ?2 AND kind < 64"
            : "SELECT created, number FROM document_link WHERE owner = ?1 AND kind = ?2 AND link = ?8";
        var select = database.Statement(
                $"SELECT {Columns}, d.number FROM ({from} AND (created, number) > (?3, ?4) AND (created, number) < (?5, ?6) ORDER BY created{order}, number{order} LIMIT ?7) n " +
                $"JOIN document d ON d.number = n.number JOIN log l ON l.id = d.row ORDER BY n.created{order}, n.number{order}")
            .Bind(1, query.Owner).Bind(2, (long)query.Kind).Bind(3, above.CreatedMs).Bind(4, above.Number).Bind(5, below.CreatedMs).Bind(6, below.Number).Bind(7, query.Limit);
        if (query.Link is not null)
            select.Bind(8, query.Link);
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

    /// <summary>When a bound was made; 0 for none, null where there is no such document.</summary>
    private static long? Created(SqliteDatabase database, long number)
    {
        if (number == 0)
            return 0;
        var select = database.Statement("SELECT created FROM document WHERE number = ?").Bind(1, number);
        try
        {
            return select.Step() ? select.Int64(0) : null;
        }
        finally
        {
            select.Reset();
        }
    }

    private static void Link(PreparedStatement statement, DocumentChange change, string link) =>
        statement.Bind(1, change.Owner).Bind(2, (long)change.Kind).Bind(3, link).Bind(4, change.Number).Run();
}
