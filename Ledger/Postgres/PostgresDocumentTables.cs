using Ledger.Documents;
using Npgsql;

namespace Ledger.Postgres;

/// <summary>Keys and index of documents in a PostgreSQL ledger, read beside its writers.</summary>
internal sealed class PostgresDocumentTables : IDocumentTables
{
    private readonly NpgsqlDataSource source;
    private readonly NpgsqlConnection connection;

    public PostgresDocumentTables(PostgresSettings settings)
    {
        source = settings.ForAudits();
        connection = source.OpenConnection();
    }

    public byte[]? DataKey(long account) =>
        connection.Each("select data_key from account where number = $1", static row => row.IsDBNull(0) ? null : row.GetFieldValue<byte[]>(0), account).FirstOrDefault();

    public string? AccountOf(long account) =>
        connection.Each("select id from account where number = $1", static row => row.GetString(0), account).FirstOrDefault();

    public IReadOnlyList<IndexedDocument> Index(long after, int limit) => connection.Each(
        "select number, owner, kind, row from document where number > $1 order by number limit $2",
        static row => new IndexedDocument(row.GetInt64(0), row.GetInt64(1), (byte)row.GetInt16(2), row.GetInt64(3)), after, limit);

    public IReadOnlyList<DueItem> Due(string kind)
    {
        using var command = new NpgsqlCommand("select at, grain, id from due where kind = $1", connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = kind } } };
        using var reader = command.ExecuteReader();
        var items = new List<DueItem>();
        while (reader.Read())
            items.Add(new DueItem(reader.GetInt64(0), reader.GetString(1), kind, reader.GetInt64(2)));
        return items;
    }

    public void Dispose()
    {
        connection.Dispose();
        source.Dispose();
    }
}
