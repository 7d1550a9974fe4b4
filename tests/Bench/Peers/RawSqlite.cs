using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using Bench.Engine;
using SQLitePCL;

namespace Bench.Peers;

/// <summary>
/// What is left of a payment when only its rows are written: one thread, prepared statements, WAL, <c>synchronous=FULL</c>,
/// batches of 1,000, each with all of its rows in its transaction. No hash, no check, no look-up, nobody who waits for an answer;
/// balances are counted in arrays. Whatever made it faster was kept: parameters bound without a layer between, blobs bound
/// without a copy, keys inserted in their index's order, and an account written once a batch, in order of its number.
/// With <paramref name="behind"/> it also does what the engine does to be faster than that, without what makes it safe there (no
/// recovery): keys stay in memory until 65,536 of them go into their index at once, and counters are appended in one row a
/// batch until 32,768 changes go into their table at once.
/// </summary>
internal sealed unsafe class RawSqlite(ScratchDirectory scratch, BenchScale scale, bool behind) : IContender
{
    private const int Batch = 1_000;
    private const int FoldAt = 65_536;
    private const int SweepAt = 32_768;
    private const int CheckpointPages = 16_384;
    private const int IdleCheckpointPages = 256;
    private const long Amount = 100;
    private const long Funds = 1_000_000_000_000;
    private const int CacheWrite = 9;

    // As long as the engine's for the bench's payments: 21 bytes around the text, one check byte a field.
    private readonly byte[] requestHash = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] secret = RandomNumberGenerator.GetBytes(21 + 3 + EngineText.RemittanceInfo.Length + 3 + EngineText.DeviceId.Length);
    private readonly byte[] leaf = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] checks = RandomNumberGenerator.GetBytes(18);
    private readonly byte[] batchHash = RandomNumberGenerator.GetBytes(32);
    private readonly Account[] accounts = new Account[BenchScale.Accounts];
    private readonly List<int> changed = new(2 * Batch);
    private readonly byte[] encoded = new byte[2 * Batch * RawCounters.MaxEncodedLength];
    private readonly List<(UInt128 Key, long Row)> tail = new(FoldAt + Batch);
    private readonly List<sqlite3_stmt> statements = [];
    private readonly Random random = new(1);
    private sqlite3? database;
    private nint insertLog;
    private nint updateCounters;
    private nint insertKey;
    private nint insertBatch;
    private nint insertChanges;
    private nint deleteChanges;
    private int changesInTail;
    private nint begin;
    private nint commit;
    private long lastId = 100_000;
    private long position;

    public string Name => behind ? "raw_sqlite_behind" : "raw_sqlite";

    public string Title => behind ? "raw SQLite writer, keys and counters behind, as the engine has them" : "raw SQLite writer of the same rows, batches of 1,000";

    public Task Prepare(CancellationToken cancellationToken)
    {
        Open();
        return WarmUp.Run(scale.WarmUpPasses, () => Task.FromResult(Write(scale.WarmUpPayments, out _)), cancellationToken);
    }

    public Task<Sample> Measure(CancellationToken cancellationToken) => Task.Factory.StartNew(
        () => new Sample(scale.EnginePayments, Write(scale.EnginePayments, out var cpu), cpu), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public ValueTask DisposeAsync()
    {
        foreach (var statement in statements)
            statement.Dispose();
        database?.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Open()
    {
        Batteries_V2.Init();
        var path = Path.Combine(scratch.New("raw"), "raw.db");
        if (raw.sqlite3_open_v2(path, out database, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, null) != raw.SQLITE_OK)
            throw new InvalidOperationException($"Cannot open '{path}'.");
        Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-131072; PRAGMA temp_store=MEMORY");
        Execute(Sql.Read("RawSqlite.sql"));
        Execute("BEGIN");
        for (var i = 0; i < accounts.Length; i++)
        {
            accounts[i].State = new RawCounters { CreditsPosted = Funds, Version = 1 };
            Execute($"INSERT INTO counters VALUES ({i + 1}, 0, {Funds}, 0, 0, 1, 2, 0, 0)");
        }

        Execute("COMMIT");
        insertLog = Statement("INSERT INTO log VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        updateCounters = Statement("UPDATE counters SET debits_posted=?2, credits_posted=?3, version=?4, last_row=?5, activity=?6 WHERE account=?1");
        insertKey = Statement("INSERT INTO key (key, row) VALUES (?, ?)");
        insertChanges = Statement("INSERT INTO counters_tail VALUES (?,?)");
        deleteChanges = Statement("DELETE FROM counters_tail");
        insertBatch = Statement("INSERT INTO batch VALUES (?,?,?,?,?)");
        begin = Statement("BEGIN IMMEDIATE");
        commit = Statement("COMMIT");
    }

    private TimeSpan Write(int payments, out TimeSpan cpu)
    {
        var pairs = new (int Debtor, int Creditor)[payments];
        var keys = RandomNumberGenerator.GetBytes(16 * payments);
        for (var i = 0; i < payments; i++)
            pairs[i] = AccountPairs.Uniform(random);
        var started = Stopwatch.GetTimestamp();
        var cpuBefore = CpuTime.OfThisThread();
        for (var first = 0; first < payments; first += Batch)
        {
            var count = Math.Min(Batch, payments - first);
            WriteBatch(pairs.AsSpan(first, count), keys.AsSpan(first * 16, count * 16));
            Checkpoint(CheckpointPages);
            if (tail.Count >= FoldAt)
                FoldBehind();
            if (changesInTail >= SweepAt)
                Sweep();
        }

        FoldBehind();
        Sweep();
        Checkpoint(IdleCheckpointPages);
        cpu = CpuTime.OfThisThread() - cpuBefore;
        return Stopwatch.GetElapsedTime(started);
    }

    private void WriteBatch(ReadOnlySpan<(int Debtor, int Creditor)> pairs, ReadOnlySpan<byte> keys)
    {
        var (firstId, firstPosition) = (lastId + 1, position + 1);
        SqliteDirect.Run(begin);
        fixed (byte* key = keys, hash = requestHash, sealedBytes = secret, leafBytes = leaf, checkBytes = checks)
        {
            _ = SqliteDirect.BindBlob(insertLog, 18, hash, requestHash.Length, 0);
            _ = SqliteDirect.BindBlob(insertLog, 22, sealedBytes, secret.Length, 0);
            _ = SqliteDirect.BindBlob(insertLog, 24, leafBytes, leaf.Length, 0);
            _ = SqliteDirect.BindBlob(insertLog, 25, checkBytes, checks.Length, 0);
            for (var i = 0; i < pairs.Length; i++)
                WritePayment(pairs[i].Debtor, pairs[i].Creditor, key + (i * 16));
        }

        if (behind)
        {
            WriteChanges(firstPosition);
        }
        else
        {
            changed.Sort();
            foreach (var index in changed)
                WriteAccount(index);
            changed.Clear();
            Fold();
        }

        _ = SqliteDirect.BindInt64(insertBatch, 1, firstPosition);
        _ = SqliteDirect.BindInt64(insertBatch, 2, position);
        _ = SqliteDirect.BindInt64(insertBatch, 3, firstId);
        _ = SqliteDirect.BindInt64(insertBatch, 4, lastId);
        fixed (byte* hash = batchHash)
        {
            _ = SqliteDirect.BindBlob(insertBatch, 5, hash, batchHash.Length, 0);
            SqliteDirect.Run(insertBatch);
        }

        SqliteDirect.Run(commit);
    }

    // Parameters that never change keep their values: NULL where nothing was ever bound.
    private void WritePayment(int debtorIndex, int creditorIndex, byte* key)
    {
        ref var debtor = ref accounts[debtorIndex];
        ref var creditor = ref accounts[creditorIndex];
        debtor.State.DebitsPosted += Amount;
        debtor.State.Version++;
        creditor.State.CreditsPosted += Amount;
        var insert = insertLog;
        _ = SqliteDirect.BindInt64(insert, 1, ++lastId);
        _ = SqliteDirect.BindInt64(insert, 2, ++position);
        _ = SqliteDirect.BindInt64(insert, 3, 1);
        _ = SqliteDirect.BindInt64(insert, 4, 1_795_305_600_000);
        _ = SqliteDirect.BindInt64(insert, 5, 1);
        _ = SqliteDirect.BindInt64(insert, 7, 1);
        _ = SqliteDirect.BindInt64(insert, 8, 1);
        _ = SqliteDirect.BindInt64(insert, 9, debtorIndex + 1);
        _ = SqliteDirect.BindInt64(insert, 10, creditorIndex + 1);
        _ = SqliteDirect.BindInt64(insert, 11, Amount);
        _ = SqliteDirect.BindInt64(insert, 12, 840);
        _ = SqliteDirect.BindInt64(insert, 13, debtor.State.Posted);
        _ = SqliteDirect.BindInt64(insert, 14, creditor.State.Posted);
        _ = SqliteDirect.BindInt64(insert, 15, debtor.State.LastRow);
        _ = SqliteDirect.BindInt64(insert, 16, creditor.State.LastRow);
        _ = SqliteDirect.BindBlob(insert, 17, key, 16, 0);
        _ = SqliteDirect.BindInt64(insert, 19, 0);
        _ = SqliteDirect.BindInt64(insert, 20, 0);
        SqliteDirect.Run(insert);
        tail.Add((BinaryPrimitives.ReadUInt128BigEndian(new ReadOnlySpan<byte>(key, 16)), lastId));
        Touch(ref debtor, debtorIndex);
        Touch(ref creditor, creditorIndex);
    }

    private void Touch(ref Account account, int index)
    {
        account.State.LastRow = lastId;
        account.State.Activity++;
        if (account.Changed)
            return;
        (account.Changed, account.IsInTail) = (true, true);
        changed.Add(index);
    }

    private void WriteChanges(long firstPosition)
    {
        var length = 0;
        foreach (var index in changed)
        {
            accounts[index].Changed = false;
            length += accounts[index].State.Encode(index + 1, encoded.AsSpan(length));
        }

        _ = SqliteDirect.BindInt64(insertChanges, 1, firstPosition);
        fixed (byte* bytes = encoded)
        {
            _ = SqliteDirect.BindBlob(insertChanges, 2, bytes, length, 0);
            SqliteDirect.Run(insertChanges);
        }

        changesInTail += changed.Count;
        changed.Clear();
    }

    private void Sweep()
    {
        SqliteDirect.Run(begin);
        for (var index = 0; index < accounts.Length; index++)
            if (accounts[index].IsInTail)
                WriteAccount(index);
        SqliteDirect.Run(deleteChanges);
        SqliteDirect.Run(commit);
        changesInTail = 0;
    }

    private void WriteAccount(int index)
    {
        ref var account = ref accounts[index];
        (account.Changed, account.IsInTail) = (false, false);
        _ = SqliteDirect.BindInt64(updateCounters, 1, index + 1);
        _ = SqliteDirect.BindInt64(updateCounters, 2, account.State.DebitsPosted);
        _ = SqliteDirect.BindInt64(updateCounters, 3, account.State.CreditsPosted);
        _ = SqliteDirect.BindInt64(updateCounters, 4, account.State.Version);
        _ = SqliteDirect.BindInt64(updateCounters, 5, account.State.LastRow);
        _ = SqliteDirect.BindInt64(updateCounters, 6, account.State.Activity);
        SqliteDirect.Run(updateCounters);
    }

    private void FoldBehind()
    {
        SqliteDirect.Run(begin);
        Fold();
        SqliteDirect.Run(commit);
    }

    private void Fold()
    {
        tail.Sort(static (left, right) => left.Key.CompareTo(right.Key));
        var bytes = stackalloc byte[16];
        foreach (var (key, row) in tail)
        {
            BinaryPrimitives.WriteUInt128BigEndian(new Span<byte>(bytes, 16), key);
            _ = SqliteDirect.BindBlob(insertKey, 1, bytes, 16, 0);
            _ = SqliteDirect.BindInt64(insertKey, 2, row);
            SqliteDirect.Run(insertKey);
        }

        tail.Clear();
    }

    private void Checkpoint(int limit)
    {
        _ = raw.sqlite3_db_status(database, CacheWrite, out var pages, out _, 0);
        if (pages <= limit)
            return;
        if (raw.sqlite3_wal_checkpoint_v2(database, null, raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _) != raw.SQLITE_OK)
            throw new InvalidOperationException("The raw writer's checkpoint failed.");
        _ = raw.sqlite3_db_status(database, CacheWrite, out _, out _, 1);
    }

    private void Execute(string sql)
    {
        if (raw.sqlite3_exec(database, sql) != raw.SQLITE_OK)
            throw new InvalidOperationException(raw.sqlite3_errmsg(database).utf8_to_string());
    }

    private nint Statement(string sql)
    {
        if (raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement) != raw.SQLITE_OK)
            throw new InvalidOperationException(raw.sqlite3_errmsg(database).utf8_to_string());
        statements.Add(statement);
        return statement.DangerousGetHandle();
    }

    private struct Account
    {
        public RawCounters State;
        public bool Changed;
        public bool IsInTail;
    }
}
