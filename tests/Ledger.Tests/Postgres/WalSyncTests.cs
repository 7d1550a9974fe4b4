using Ledger.Postgres;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>The server syncs its log for each commit, before it is answered: its own count says so.</summary>
public sealed class WalSyncTests
{
    private const int Payments = 50;

    [Fact]
    public void Each_of_fifty_payments_one_after_another_is_synced()
    {
        using var server = TestPostgres.StartOwn();
        var database = server.Server.NewDatabase();
        LedgerScript script;
        using (var store = Open(database))
        {
            script = new LedgerScript(store);
            script.Run(
                """
                open A     ok
                open B     ok
                fund A 100 ok
                """);
        }

        // A backend tells its counts at the latest when it ends, which is a moment after its connection is closed.
        var before = Syncs(database);
        for (long next; (next = Syncs(database)) != before; before = next)
            Thread.Sleep(200);
        using (var store = Open(database))
        {
            script.Draft.Store = store;
            for (var i = 0; i < Payments; i++)
                Assert.Equal(Refusal.None, script.Draft.Commit(script.Draft.Pay("A", "B", 1)));
        }

        var after = Syncs(database);
        for (var tries = 0; after - before < Payments && tries < 100; tries++, after = Syncs(database))
            Thread.Sleep(50);
        Assert.InRange(after - before, Payments, long.MaxValue);
    }

    private static PostgresStore Open(string database) => new(PostgresSettings.Parse(database, isProduction: false), TimeProvider.System);

    // Since PostgreSQL 18 the count stands in pg_stat_io.
    private static long Syncs(string database)
    {
        using var source = NpgsqlDataSource.Create(database + ";Pooling=false");
        using var version = source.CreateCommand("select current_setting('server_version_num')::int >= 180000");
        using var command = source.CreateCommand((bool)version.ExecuteScalar()!
            ? "select sum(fsyncs)::bigint from pg_stat_io where object = 'wal'"
            : "select wal_sync::bigint from pg_stat_wal");
        return (long)command.ExecuteScalar()!;
    }
}
