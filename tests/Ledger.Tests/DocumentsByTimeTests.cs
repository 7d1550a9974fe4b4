using Ledger.Documents;
using Ledger.Postgres;
using Ledger.Sqlite;
using Npgsql;
using Servers;

namespace Ledger.Tests;

/// <summary>A ledger of the release before lists went by time: its documents get the time at which they were made.</summary>
public sealed class DocumentsByTimeTests
{
    private const string Before = "0012-document-created";
    private const byte Kind = 3;
    private const byte EventKind = 8;

    // Two intents, each made with an event of a later number that never changes; the first one was changed long after.
    private static readonly (long Number, byte Kind, long Row, string? Link)[] Documents = [(101, Kind, 3, "customer:1"), (102, EventKind, 1, null), (103, Kind, 2, "customer:1"), (104, EventKind, 2, null)];

    private static readonly (long Row, long Time)[] Rows = [(1, 1_000), (2, 2_000), (3, 90_000)];

    [Fact]
    public void Of_a_file()
    {
        using var directory = new TemporaryDirectory();
        using var database = new SqliteDatabase(directory.File("ledger.db"), SqliteAccess.Write);
        Migrator.Migrate(database, [.. Migrator.Known().TakeWhile(static migration => migration.Name != Before)]);
        foreach (var (row, time) in Rows)
            database.Execute($"INSERT INTO log VALUES ({row},{row},1,{time},1,NULL,1,0,7,0,0,840,0,0,0,0,NULL,NULL,0,0,NULL,NULL,NULL,x'00',x'00')");
        foreach (var (number, kind, row, link) in Documents)
        {
            database.Execute($"INSERT INTO document VALUES ({number},7,{kind},{row})");
            if (link is not null)
                database.Execute($"INSERT INTO document_link VALUES (7,{kind},'{link}',{number})");
        }

        Migrator.Migrate(database, Migrator.Known());
        foreach (var link in (string?[])[null, "customer:1"])
            Assert.Equal([103], DocumentTable.List(database, new DocumentQuery(7, Kind, link, 0, 0, 10, CreatedFromMs: 1_500)).Select(static place => place.Number));
        Assert.Equal([103, 101], DocumentTable.List(database, new DocumentQuery(7, Kind, null, 0, 0, 10)).Select(static place => place.Number));
    }

    [Fact]
    public void Of_a_server()
    {
        using var source = NpgsqlDataSource.Create(TestPostgres.NewDatabase() + ";Pooling=false");
        PostgresMigrator.Migrate(source, [.. PostgresMigrator.Known().TakeWhile(static migration => migration.Name != Before)]);
        foreach (var (row, time) in Rows)
            Run(source, $"insert into log (id, position, time, tenant, debtor, creditor, amount, debtor_balance, creditor_balance, debtor_previous, creditor_previous, version, type, kind, currency, reason, leaf, checks) values ({row},{row},{time},1,7,0,0,0,0,0,0,1,1,0,840,0,'',''   )");
        foreach (var (number, kind, row, link) in Documents)
        {
            Run(source, $"insert into document values ({number},7,{kind},{row})");
            if (link is not null)
                Run(source, $"insert into document_link values (7,{kind},'{link}',{number})");
        }

        PostgresMigrator.Migrate(source);
        Assert.Equal("101:1000 102:1000 103:2000 104:2000", Text(source, "select string_agg(number || ':' || created, ' ' order by number) from document"));
        Assert.Equal("101:1000 103:2000", Text(source, "select string_agg(number || ':' || created, ' ' order by number) from document_link"));
    }

    private static void Run(NpgsqlDataSource source, string sql)
    {
        using var command = source.CreateCommand(sql);
        command.ExecuteNonQuery();
    }

    private static string? Text(NpgsqlDataSource source, string sql)
    {
        using var command = source.CreateCommand(sql);
        return (string?)command.ExecuteScalar();
    }
}
