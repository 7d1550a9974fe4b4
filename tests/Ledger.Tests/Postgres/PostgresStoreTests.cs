using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>In place all the time, as beside another process.</summary>
public sealed class PostgresStoreTests() : PostgresStoreContract(TimeSpan.FromDays(1));

/// <summary>With the counters behind from the first commit, and swept every few.</summary>
public sealed class PostgresStoreAloneTests() : PostgresStoreContract(TimeSpan.Zero);

public abstract class PostgresStoreContract(TimeSpan aloneFor) : LedgerStoreContract
{
    private readonly string database = MigratedDatabase.New();

    protected override ILedgerStore Open() => MigratedDatabase.Open(database, aloneFor);

    protected override ILedgerStore Reopen(ILedgerStore store)
    {
        store.Dispose();
        return Open();
    }

    // Its connections are gone, whatever they did; the process says no goodbye.
    protected override ILedgerStore OpenAfterCrash(ILedgerStore store)
    {
        using var connection = Connect();
        using var cut = new NpgsqlCommand("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()", connection);
        cut.ExecuteNonQuery();
        return Open();
    }

    protected override IReadOnlyList<(long FirstPosition, long LastPosition, byte[] Hash)> ReadBatches()
    {
        using var connection = Connect();
        using var command = new NpgsqlCommand("select first_position, last_position, hash from batch order by first_position", connection);
        using var reader = command.ExecuteReader();
        var batches = new List<(long, long, byte[])>();
        while (reader.Read())
            batches.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)));
        return batches;
    }

    protected override void CleanUp() => TestPostgres.Shared.Drop(database);

    // Nothing is behind its commits: a few of them do.
    protected override int ChangesUntilBehind => 200;

    private NpgsqlConnection Connect()
    {
        var connection = new NpgsqlConnection(database + ";Pooling=false");
        connection.Open();
        return connection;
    }
}
