using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>In place all the time, as beside another process.</summary>
public sealed class PostgresStoreTests() : PostgresStoreContract(TimeSpan.FromDays(1));

/// <summary>With the counters behind from the first commit, and swept every few.</summary>
public sealed class PostgresStoreAloneTests() : PostgresStoreContract(TimeSpan.Zero);

public abstract class PostgresStoreContract(TimeSpan inPlaceFor) : LedgerStoreContract
{
    private readonly string database = MigratedDatabase.New();

    protected override ILedgerStore Open() => MigratedDatabase.Open(database, inPlaceFor);

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

    [Fact]
    public async Task A_return_is_taken_back_though_the_row_of_its_payment_was_let_go_of()
    {
        using var store = Open();
        var draft = new JournalDraft(store);
        draft.CommitAll(draft.Open("A"), draft.Open("B"));
        Assert.Equal(Refusal.None, draft.Commit(draft.Fund("A", 100)));
        var paid = draft.Pay("A", "B", 100);
        Assert.Equal(Refusal.None, draft.Commit(paid));
        Assert.Equal(Refusal.None, draft.Commit(draft.Decide("B", draft.Transfer("B", "A", 30, TransferKind.Posted), returns: paid.Row.Id)));
        using (var connection = Connect())
        using (var prune = new NpgsqlCommand($"delete from log where id = {paid.Row.Id}", connection))
            Assert.Equal(1, prune.ExecuteNonQuery());
        var back = draft.Decide("A", draft.Transfer("A", "B", 30, TransferKind.Posted));
        Assert.Equal(Refusal.None, draft.Commit(new JournalEntry { Owner = back.Owner, ExpectedVersion = back.ExpectedVersion, Row = back.Row, Returns = paid.Row.Id, TakesReturnBack = true }));
        Assert.Equal(0, await store.Reader.AmountReturned(paid.Row.Id));
        Assert.Equal(Refusal.ReturnExceedsPayment, draft.Commit(draft.Decide("B", draft.Transfer("B", "A", 1, TransferKind.Posted), returns: paid.Row.Id)));
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
