using Ledger.Documents;
using Ledger.Shards;
using Npgsql;

namespace Ledger.Postgres;

/// <summary>
/// The ledger in a PostgreSQL database, of which other processes may have the same. A batch is decided on what this process
/// remembers of its accounts and written in one round trip, if that still is so (<c>commit_batch</c>); otherwise it is decided again
/// on what others changed since, under the database's locks (<see cref="LockedBatch"/>).
/// </summary>
public sealed partial class PostgresStore : ILedgerStore
{
    /// <summary>How often a batch that met another writer's is tried again before the writer's own pause.</summary>
    private const int MaxTries = 8;

    /// <summary>Batches that go the long way at once after one met another writer's: it will not be the last.</summary>
    private const int LongWayAfterConflict = 8;

    /// <summary>A process may start before its database does.</summary>
    private const int TriesAtStart = 8;

    private const int TriesAtReconnect = 2;

    private readonly PostgresSettings settings;
    private readonly TimeProvider timeProvider;
    private readonly NpgsqlDataSource readers;
    private readonly WriterConnection connection;
    private readonly PostgresReader reader;
    private readonly CachedAccounts accounts = new();
    private readonly CountersTail tail;
    private readonly BatchDecision decision;
    private readonly long firstId;
    private readonly BatchColumns columns = new();
    private readonly KeyEpochs keys = new();
    private readonly LockedBatch locked;
    private long writer;
    private long fence;
    private long lastPosition;
    private int longWay;
    private bool looksFurther;
    private int rememberedOver;
    private LogNotices? notices;

    /// <exception cref="LedgerSchemaException">The database is of a newer release, or is no ledger.</exception>
    /// <exception cref="LedgerStoreException">The server cannot be reached, or refuses.</exception>
    /// <param name="shard">The database's place among the shards of its ledger.</param>
    public PostgresStore(PostgresSettings settings, TimeProvider timeProvider, int shard = 0)
        : this(settings, timeProvider, shard, new CountersTail(timeProvider))
    {
    }

    internal PostgresStore(PostgresSettings settings, TimeProvider timeProvider, int shard, CountersTail tail)
    {
        this.tail = tail;
        firstId = ShardNumbers.First(shard);
        (this.settings, this.timeProvider) = (settings, timeProvider);
        decision = new BatchDecision(accounts);
        connection = new WriterConnection(settings.ForWriter(), PostgresFailure.Patience(TriesAtReconnect, timeProvider));
        locked = new LockedBatch(connection, accounts, tail, keys);
        readers = settings.ForReaders();
        reader = new PostgresReader(readers, tail, keys, PostgresFailure.Patience(TriesAtReconnect, timeProvider));
        Documents = new DocumentIndex(readers, PostgresFailure.Patience(TriesAtReconnect, timeProvider));
        try
        {
            using (var migrations = settings.ForMigrations())
                PostgresFailure.Patience(TriesAtStart, timeProvider).Execute(static source => PostgresMigrator.Migrate(source), migrations);
            Register();
            // What a process left behind that is no more would be looked for in the tail with each account that is read until the first commit.
            PostgresFailure.Patience(TriesAtStart, timeProvider).Execute(SweepAtStart);
            lastPosition = ReadLastPosition();
            while (keys.Follow(connection))
            {
            }
        }
        catch (Exception exception)
        {
            Dispose();
            if (PostgresFailure.IsOfTheStore(exception))
                throw PostgresFailure.Of(exception, mayHaveCommitted: false);
            throw;
        }
    }

    public ILedgerReader Reader => reader;

    public IDocumentIndex Documents { get; }

    public long LastPosition => Interlocked.Read(ref lastPosition);

    public long LeaseIds(int count) => Run(
        () => (long)Scalar("insert into lease as l (name, next) values ('id', $1 + $2) on conflict (name) do update set next = l.next + $2 returning next", firstId, (long)count)! - count);

    public void Commit(IReadOnlyList<JournalEntry> entries)
    {
        try
        {
            CommitWhole(entries);
        }
        catch (LedgerStoreException exception) when (PostgresFailure.IsLockTimeout(exception.InnerException))
        {
            EndStalled();
            throw;
        }
    }

    private void CommitWhole(IReadOnlyList<JournalEntry> entries)
    {
        if (tail.IsToVacuum)
            Vacuum();
        if (tail is { IsKept: true, IsTooLong: true })
            WriteInPlace();
        looksFurther = false;
        for (var tries = 1; ; tries++)
        {
            if (isToSweep || IsKeptOverAnother)
                WriteInPlace();
            if (keptElsewhere || tail.IsToLookAt)
                LookAtTail();
            Run(() => keys.Follow(connection));
            if (connection.Made != rememberedOver)
            {
                // A server behind another connection may have gone another way since: a state there is not told from one of here by its version.
                accounts.Clear();
                rememberedOver = connection.Made;
            }

            if (tries > 1)
                foreach (var entry in entries)
                    entry.Lane?.ForgetAttempt();
            // At once; where another process came between, behind what it changed; where more is to be looked at, the long way.
            var isRemembered = !looksFurther && BatchDecision.IsUsual(entries) && Run(() => IsRemembered(entries));
            var isAtOnce = isRemembered && tries == 1 && longWay == 0;
            if (tries == 1 && longWay > 0)
                longWay--;
            if (isAtOnce ? TryAtOnce(entries) : TryLocked(entries, isRemembered && tail.IsKept, mayTryAgain: tries < MaxTries))
                return;
        }
    }

    public void ResolveOutcome(IReadOnlyList<JournalEntry> entries)
    {
        accounts.Forget(entries.SelectMany(static entry => entry.Rows).SelectMany(static row => new[] { row.Debtor, row.Creditor }));
        var committed = Run(() =>
        {
            long? movedOn;
            // Both wait for a transaction that still runs: the fence for one of this writer, the versions for one of its owners.
            using (var transaction = connection.Open().BeginTransaction())
            {
                movedOn = Scalar("update writer set fence = fence + 1 where number = $1 returning fence", writer) as long?;
                // Accounts before the head, as every commit in place has it.
                var owners = entries.Select(static entry => entry.Owner).Where(static owner => owner != 0).Distinct().Order().ToArray();
                Scalar("select account from counters where account = any($1) order by account for no key update", owners);
                // Whether the lost commit is in the tail, or began it, is not known; and versions stand in the table.
                Scalar("select sweep_counters()");
                Scalar("update counters set version = version + 1 where account = any($1)", owners);
                transaction.Commit();
            }

            tail.Ended();
            keys.Follow(connection);
            if (movedOn is { } moved)
                // The fence may have been a moved bucket's too: what was read under the one before holds no more.
                (fence, decision.Buckets) = (moved, PostgresShards.ReadBuckets(connection.Open()));
            else
                // A standby that never heard of this writer has nothing of it, nor ever will.
                Register();
            using var command = new NpgsqlCommand("select id from log where id = any($1)", connection.Open()) { Parameters = { new() { Value = entries.Select(static entry => entry.Row.Id).ToArray() } } };
            using var rows = command.ExecuteReader();
            var ids = new HashSet<long>();
            while (rows.Read())
                ids.Add(rows.GetInt64(0));
            return ids;
        });
        ReachedPosition(Run(ReadLastPosition));
        foreach (var entry in entries)
        {
            if (committed.Contains(entry.Row.Id))
                entry.Outcome = Refusal.None;
            else
                entry.Refuse(Refusal.OutcomeLost);
        }
    }

    public void Follow(LogTail tail) => notices = new LogNotices(settings.ForNotices(), reader, tail, timeProvider);

    public bool CatchUp()
    {
        if (IsKeptOverAnother)
            WriteInPlace();
        if (SweepSlice())
            return true;
        if (tail.IsToVacuum)
            Vacuum();
        return Run(() => keys.FollowOthers(connection)) || Run(() => PostgresKeys.PruneSlice(connection.Open()));
    }

    public void Dispose()
    {
        notices?.Dispose();
        SweepAtEnd();
        connection.Dispose();
        readers.Dispose();
    }

    // Whether all that the entries name is remembered. What was not seen before is read without a lock, or where another process'
    // changes were forgotten, behind it: whether it still is so, the commit sees.
    private bool IsRemembered(IReadOnlyList<JournalEntry> entries)
    {
        var unseen = decision.Unseen(entries);
        if (unseen.Count == 0)
            return true;
        locked.Read(unseen);
        return decision.Unseen(entries).Count == 0;
    }

    // A key that may be taken, an account that another process drives too: the long way looks there, and says who is next.
    private bool AsksFurther(IReadOnlyList<JournalEntry> entries) =>
        decision.AsksForKeys || entries.Any(static entry => entry.Outcome == Refusal.StaleVersion);

    private void NewNumber()
    {
        // Whoever moved the fence on ended the tail in the same transaction.
        if (tail.IsKept)
            WriteInPlace();
        Run(Register);
    }

    private bool TryAtOnce(IReadOnlyList<JournalEntry> entries)
    {
        NpgsqlCommand command;
        try
        {
            decision.Decide(entries, LockedState.None);
            if (AsksFurther(entries))
            {
                looksFurther = true;
                accounts.BatchFailed();
                return false;
            }

            columns.Fill(decision, accounts, tail, keys.Filters, writer, fence, locked: false);
            // Connecting and preparing write nothing: only what fails behind them may have been done.
            command = Run(() => connection.CommitOf(columns));
            if (IsKeptOverAnother || !keys.IsOf(connection))
            {
                BatchFailed();
                return false;
            }
        }
        catch
        {
            // What the batch would have moved is not remembered: it is decided on again.
            BatchFailed();
            throw;
        }

        short code;
        long position;
        try
        {
            using var answer = command.ExecuteReader();
            answer.Read();
            (code, position) = (answer.GetInt16(0), answer.GetInt64(1));
            // Its end is the commit's: only then is the answer true.
            answer.NextResult();
        }
        catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
        {
            BatchFailed();
            if (!PostgresFailure.IsRefusal(exception))
                connection.Drop();
            if (PostgresFailure.IsConflict(exception))
                return false;
            throw PostgresFailure.Of(exception, mayHaveCommitted: true);
        }

        if (code == 0)
        {
            Committed(position);
            return true;
        }

        if (code is 2 or 6)
        {
            longWay = LongWayAfterConflict;
            if (code == 6)
                tail.CameSecond();
            accounts.BatchUndone();
            tail.RolledBack();
            return false;
        }

        BatchFailed();
        if (code == 3)
            NewNumber();
        if (code == 4)
            SeeWhoKeepsCounters();
        if (code == 5)
            connection.Drop();
        return false;
    }

    private bool TryLocked(IReadOnlyList<JournalEntry> entries, bool isRemembered, bool mayTryAgain)
    {
        var mayHaveCommitted = false;
        try
        {
            var state = LockedState.None;
            var outcome = isRemembered ? locked.LockBehind(writer, fence) : locked.Lock(entries, writer, fence, out state);
            if (outcome != LockOutcome.Locked)
            {
                locked.RollBack();
                looksFurther = true;
                if (outcome == LockOutcome.Fenced)
                    NewNumber();
                if (outcome == LockOutcome.KeptElsewhere)
                    SeeWhoKeepsCounters();
                return false;
            }

            if (IsKeptOverAnother || !keys.IsOf(connection))
            {
                locked.RollBack();
                return false;
            }

            if (tail.IsKept)
                longWay = tail.FoundOthers ? LongWayAfterConflict : 0;
            if (isRemembered && !IsRemembered(entries))
            {
                looksFurther = true;
                locked.RollBack();
                return false;
            }

            decision.Decide(entries, state);
            if (isRemembered && AsksFurther(entries))
            {
                looksFurther = true;
                accounts.BatchFailed();
                locked.RollBack();
                return false;
            }

            if (decision.TakenOver.Count > 0 && tail.IsKept)
            {
                // Taking an account over is told by its row.
                BatchFailed();
                locked.RollBack();
                isToSweep = true;
                return false;
            }

            columns.Fill(decision, accounts, tail, keys.Filters, writer, fence, locked: true);
            mayHaveCommitted = true;
            var position = locked.Write(decision, state, columns, writer);
            // What is ours now may go the short way.
            if (decision.TakenOver.Count > 0)
                longWay = 0;
            Committed(position);
            return true;
        }
        catch (Exception exception)
        {
            // A taken key, for one, only the long way names.
            looksFurther = true;
            BatchFailed();
            if (PostgresFailure.IsKeptElsewhere(exception))
                SeeWhoKeepsCounters();
            var isRefusal = PostgresFailure.IsRefusal(exception) || exception is LedgerStoreException;
            if (!isRefusal || PostgresFailure.IsFiltersAhead(exception) || !TryRollBack())
                connection.Drop();
            if (mayTryAgain && PostgresFailure.IsConflict(exception))
                return false;
            if (PostgresFailure.IsOfTheStore(exception))
                throw PostgresFailure.Of(exception, mayHaveCommitted);
            throw;
        }
    }

    private void Committed(long position)
    {
        var before = position - decision.Rows.Count;
        foreach (var row in decision.Rows)
            row.Position += before;
        var begins = tail.Committed(columns.Way, position);
        accounts.BatchCommitted();
        // Nothing that was remembered before is compared any more.
        if (begins)
        {
            accounts.Clear();
            keptOver = connection.Made;
        }

        ReachedPosition(position);
        keys.Committed(position);
    }

    private void BatchFailed()
    {
        accounts.BatchFailed();
        tail.RolledBack();
    }

    private void ReachedPosition(long position)
    {
        Interlocked.Exchange(ref lastPosition, Math.Max(lastPosition, position));
        notices?.Tell(position);
    }

    private bool TryRollBack()
    {
        try
        {
            locked.RollBack();
            return true;
        }
        catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
        {
            return false;
        }
    }

    // The server does not end a session that stands still in the middle of a message: its sender lost its power, or its network. One of ours
    // that holds the log's head so would keep all from committing.
    private void EndStalled()
    {
        try
        {
            Scalar(
                """
                select count(pg_terminate_backend(a.pid))
                from pg_stat_activity a
                where a.datname = current_database() and a.usename = current_user and a.application_name = current_setting('application_name')
                    and a.state = 'active' and a.wait_event = 'ClientRead' and a.xact_start < now() - interval '5 seconds'
                    and a.pid in (select l.pid from pg_locks l join pg_database d on d.oid = l.database where d.datname = current_database() and l.relation = 'log_head'::regclass and l.granted)
                """);
        }
        catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
        {
            // What is told is the wait itself, and whoever waits again asks again.
            connection.Drop();
        }
    }

    private void SweepAtStart()
    {
        try
        {
            Scalar("select sweep_counters()");
        }
        catch (NpgsqlException exception) when (PostgresFailure.IsLockTimeout(exception))
        {
            EndStalled();
            throw;
        }
    }

    // A row of its own for each writer that ever opened: nobody else's commits carry its fence. Where a bucket moves, the fences of all
    // writers are advanced in the same transaction: none commits on buckets that it read before.
    private void Register()
    {
        var number = (long)Scalar("insert into writer (fence) values (1) returning number")!;
        // Only when they are read: a writer whose buckets are older than its fence would commit where it must not.
        var buckets = PostgresShards.ReadBuckets(connection.Open());
        (writer, fence, decision.Buckets) = (number, 1, buckets);
    }

    private long ReadLastPosition() => (long)Scalar("select last_position from log_head")!;

    private object? Scalar(string sql, params object[] values)
    {
        using var command = new NpgsqlCommand(sql, connection.Open());
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command.ExecuteScalar();
    }

    // What may fail without harm: nothing of it is an entry's.
    private T Run<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
        {
            connection.Drop();
            if (PostgresFailure.IsLockTimeout(exception))
                EndStalled();
            throw PostgresFailure.Of(exception, mayHaveCommitted: false);
        }
    }

    private void Run(Action work) => Run(() =>
    {
        work();
        return true;
    });
}
