using Ledger.Sqlite;

namespace Ledger.Tests;

public sealed class SqliteStoreTests : LedgerStoreContract
{
    private readonly TemporaryDirectory directory = new();
    private int crashes;
    private string home;

    public SqliteStoreTests() => home = directory.Path;

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
