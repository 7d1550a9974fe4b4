using Ledger.Documents;

namespace Ledger.Sqlite;

/// <summary>
/// The ledger in one SQLite file: WAL, <c>synchronous=FULL</c>, one writer. The file belongs to one process at a time
/// (<see cref="DataDirectoryLock"/>); within it, to the thread of its <see cref="LedgerWriter"/>.
/// </summary>
public sealed class SqliteStore : ILedgerStore
{
    public const string FileName = "ledger.db";

    /// <summary>WAL pages (4 KiB each) after which a loaded writer copies them back: 64 MiB.</summary>
    private const int CheckpointPages = 16_384;

    /// <summary>WAL pages after which a checkpoint truncates the file: 256 MiB.</summary>
    private const int TruncatePages = 65_536;

    /// <summary>WAL pages that an idle writer copies back.</summary>
    private const int IdleCheckpointPages = 256;

    private readonly SqliteDatabase database;
    private readonly SqliteReader reader;
    private readonly AccountTable accounts;
    private readonly KeyTable keys;
    private readonly CountersTail tail;
    private readonly SqliteBatch batch;
    private byte[] lastHash;
    private int pagesSinceTruncate;
    private long lastPosition;

    /// <param name="path">The ledger's file; made where it is missing.</param>
    /// <exception cref="LedgerSchemaException">The file is of a newer release.</exception>
    /// <exception cref="LedgerDamagedException">The file is not a ledger, or contradicts itself.</exception>
    public SqliteStore(string path)
    {
        RefuseEmptied(path);
        if (!File.Exists(path))
            Create(path);
        database = new SqliteDatabase(path, SqliteAccess.Write);
        try
        {
            Migrator.Migrate(database);
            tail = new CountersTail(database);
            accounts = new AccountTable(database, tail);
            keys = new KeyTable(database);
            batch = new SqliteBatch(database, accounts, keys, new HoldTable(database), new TallyTable(database));
            (lastPosition, lastHash) = ReadLastBatch();
            keys.CommittedTo = lastPosition;
            if (CountersTail.Read(database).Count > 0)
                InTransaction(tail.SweepAll);
            reader = new SqliteReader(path, keys, tail);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public ILedgerReader Reader => reader;

    /// <summary>Where documents are.</summary>
    public IDocumentIndex Documents => reader;

    public long LastPosition => Interlocked.Read(ref lastPosition);

    public long LeaseIds(int count)
    {
        long first = 0;
        InTransaction(() =>
        {
            var select = database.Statement("INSERT INTO lease (name, next) VALUES ('id', ?1 + ?2) ON CONFLICT (name) DO UPDATE SET next = next + ?2 RETURNING next")
                .Bind(1, AccountRecord.FirstCustomerNumber).Bind(2, count);
            select.Step();
            first = select.Int64(0) - count;
            select.Reset();
        });
        return first;
    }

    public void Commit(IReadOnlyList<JournalEntry> entries)
    {
        // Before the transaction: a checkpoint that fails must not be taken for a commit that failed.
        if (database.PagesWritten(reset: false) > CheckpointPages)
            Checkpoint();
        var (position, hash) = (lastPosition, lastHash);
        InTransaction(() =>
        {
            (position, hash) = batch.Apply(entries, lastPosition, lastHash);
            keys.FoldSlice(always: false);
            tail.SweepSlice(accounts.ChangedCount, lastPosition, always: false);
        });
        Committed(position, hash);
    }

    public void ResolveOutcome(IReadOnlyList<JournalEntry> entries)
    {
        InTransaction(() =>
        {
            // The lost commit may be in it: the table has every account's newest counters before a version is advanced there.
            tail.SweepAll();
            foreach (var owner in entries.Select(static entry => entry.Owner).Where(static owner => owner != 0).Distinct().Order())
                database.Statement("UPDATE counters SET version = version + 1 WHERE account = ?").Bind(1, owner).Run();
            // A write in any case, though no owner has a row yet: it goes over what the lost commit may have left in the WAL.
            database.Statement("INSERT INTO setting (name, value) VALUES ('outcomes resolved', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1").Run();
        });
        // The file says now what is in it, whatever this process believed before.
        accounts.BatchRolledBack();
        tail.Emptied();
        (lastPosition, lastHash) = ReadLastBatch();
        keys.CommittedTo = lastPosition;
        foreach (var entry in entries)
        {
            var select = database.Statement("SELECT position FROM log WHERE id = ?").Bind(1, entry.Row.Id);
            var committed = select.Step();
            select.Reset();
            if (!committed)
            {
                entry.Refuse(Refusal.OutcomeLost);
                continue;
            }

            entry.Outcome = Refusal.None;
            if (!entry.Row.Key.IsNone && keys.FindInTail(entry.Row.Key.Value) is null)
                keys.TryTake(entry.Row.Key.Value, entry.Row.Id);
        }

        keys.Committed();
    }

    public bool CatchUp()
    {
        if (keys.TailLength > 0 || !tail.IsEmpty)
        {
            InTransaction(() =>
            {
                keys.FoldSlice(always: true);
                tail.SweepSlice(0, lastPosition, always: true);
            });
            keys.Committed();
            accounts.BatchCommitted();
            return true;
        }

        if (keys.Index.HasOutdated())
        {
            InTransaction(keys.Index.PruneSlice);
            keys.Index.Pruned();
            return true;
        }

        if (database.PagesWritten(reset: false) > IdleCheckpointPages)
            Checkpoint();
        return false;
    }

    /// <summary>Copies the ledger to a new file, page by page, on the writer's connection, so that commits go on and the copy is consistent.</summary>
    public SqliteBackup StartBackup(string path) => new(database, path);

    public void Dispose()
    {
        reader.Dispose();
        database.Dispose();
    }

    private void Committed(long position, byte[] hash)
    {
        accounts.BatchCommitted();
        keys.Committed();
        lastHash = hash;
        Interlocked.Exchange(ref lastPosition, position);
        keys.CommittedTo = position;
    }

    private void InTransaction(Action work)
    {
        var committing = false;
        try
        {
            database.Statement("BEGIN IMMEDIATE").Run();
            work();
            committing = true;
            database.Statement("COMMIT").Run();
        }
        catch (Exception exception)
        {
            accounts.BatchRolledBack();
            keys.RolledBack();
            // A commit that fails while the transaction is still open is rolled back, and known not to have happened. One that
            // fails on its way to the disk may yet be found there after a crash: only the next write settles it.
            var stillOpen = database.InTransaction;
            database.RollBack();
            if (committing && !stillOpen && exception is LedgerStoreException)
                throw new LedgerStoreException("The commit failed on its way to the disk.", exception) { OutcomeUnknown = true };
            throw;
        }
    }

    // SQLite would take an empty file for a new database, and throw away the log beside it.
    // A ledger has its name only once it is whole: a first start that was cut short leaves none, and an empty file is damage.
    private static void Create(string path)
    {
        var unfinished = path + ".new";
        foreach (var file in new[] { unfinished, unfinished + "-journal", unfinished + "-wal", unfinished + "-shm" })
            File.Delete(file);
        using (var database = new SqliteDatabase(unfinished, SqliteAccess.Write))
            Migrator.Migrate(database);
        File.Move(unfinished, path);
    }

    private static void RefuseEmptied(string path)
    {
        var file = new FileInfo(path);
        var log = new FileInfo(path + "-wal");
        if (file.Exists && file.Length == 0)
            throw new LedgerDamagedException($"The ledger's file '{path}' is empty. Restore it from a backup; if this directory never held a ledger, delete the file. Nothing was changed.");
        if (!file.Exists && log.Exists && log.Length > 0)
            throw new LedgerDamagedException($"The ledger's file '{path}' is missing, though its write-ahead log is there. Restore it from a backup. Nothing was changed.");
    }

    private void Checkpoint()
    {
        pagesSinceTruncate += database.PagesWritten(reset: true);
        var truncate = pagesSinceTruncate > TruncatePages;
        database.Checkpoint(truncate);
        if (truncate)
            pagesSinceTruncate = 0;
    }

    private (long Position, byte[] Hash) ReadLastBatch()
    {
        var select = database.Statement("SELECT last_position, hash FROM batch ORDER BY first_position DESC LIMIT 1");
        if (!select.Step())
            return (0, new byte[32]);
        var last = (select.Int64(0), select.Blob(1) ?? []);
        select.Reset();
        return last;
    }
}
