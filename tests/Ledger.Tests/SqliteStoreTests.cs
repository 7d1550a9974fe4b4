using Ledger.Sqlite;

namespace Ledger.Tests;

public sealed class SqliteStoreTests : LedgerStoreContract
{
    private readonly TemporaryDirectory directory = new();
    private int crashes;
    private string home;

    public SqliteStoreTests() => home = directory.Path;

    [Fact]
    public void A_change_that_a_running_sweep_takes_with_it_leaves_nothing_in_the_tail()
    {
        using var store = Open();
        var draft = new JournalDraft(store);
        var names = Enumerable.Range(0, 5_000).Select(static i => $"swept_{i}").ToArray();
        store.Commit([.. names.Select(name => draft.Open(name))]);
        store.Commit([.. names.Select(name => draft.Fund(name, 100))]);
        Assert.True(store.CatchUp());
        // Their turn in the sweep, which goes by number, is still to come.
        store.Commit([draft.Pay(names[^1], names[^2], 1)]);

        while (store.CatchUp())
        {
        }

        using var database = new SqliteDatabase(Path.Combine(home, SqliteStore.FileName), SqliteAccess.Read);
        var tail = database.Statement("SELECT count(*) FROM counters_tail");
        Assert.True(tail.Step());
        Assert.Equal(0, tail.Int64(0));
    }

    protected override ILedgerStore Open() => new SqliteStore(Path.Combine(home, SqliteStore.FileName));

    protected override ILedgerStore Reopen(ILedgerStore store)
    {
        store.Dispose();
        return Open();
    }

    // The files as they are while the store is open: what a crash of the machine finds, had it happened after the last fsync.
    protected override ILedgerStore OpenAfterCrash(ILedgerStore store)
    {
        var next = Directory.CreateDirectory(Path.Combine(directory.Path, $"crash-{++crashes}")).FullName;
        foreach (var file in new[] { SqliteStore.FileName, SqliteStore.FileName + "-wal" })
            File.Copy(Path.Combine(home, file), Path.Combine(next, file));
        home = next;
        return Open();
    }

    protected override IReadOnlyList<(long FirstPosition, long LastPosition, byte[] Hash)> ReadBatches()
    {
        using var database = new SqliteDatabase(Path.Combine(home, SqliteStore.FileName), SqliteAccess.Read);
        var select = database.Statement("SELECT first_position, last_position, hash FROM batch ORDER BY first_position");
        var batches = new List<(long, long, byte[])>();
        while (select.Step())
            batches.Add((select.Int64(0), select.Int64(1), select.Blob(2)!));
        return batches;
    }

    protected override int ChangesUntilBehind => CountersTail.SweepAt;

    protected override void CleanUp() => directory.Dispose();
}
