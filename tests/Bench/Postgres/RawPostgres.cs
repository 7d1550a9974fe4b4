using System.Diagnostics;
using System.Security.Cryptography;
using Bench.Engine;
using Bench.Peers;
using Npgsql;
using NpgsqlTypes;

namespace Bench.Postgres;

/// <summary>
/// What is left of a payment on PostgreSQL when only its rows are written: one connection, prepared statements over arrays, batches
/// of 1,000, each one round trip and one transaction; the next is made while the server works on the one before. The engine's own
/// tables, and all that it writes there but the counts of payments. No hash, no seal, no check, no look-up, nobody who waits for an
/// answer; balances are counted in arrays. Keys go in in their index's order, an account is written once a batch, what never
/// changes is no parameter.
/// </summary>
internal sealed class RawPostgres(PostgresEngineHosts hosts, PostgresHost server, BenchScale scale) : IContender
{
    private const int Batch = 1_000;
    private const long Amount = 100;
    private const string Session =
        "set plan_cache_mode = force_generic_plan; set enable_hashjoin = off; set enable_mergejoin = off; set enable_seqscan = off; set enable_bitmapscan = off; set jit = off";

    private readonly byte[] secret = RandomNumberGenerator.GetBytes(21 + 3 + EngineText.RemittanceInfo.Length + 3 + EngineText.DeviceId.Length);
    private readonly byte[] leaf = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] checks = RandomNumberGenerator.GetBytes(18);
    private readonly Random random = new(1);
    private RawAccount[] accounts = [];
    private NpgsqlConnection? connection;
    private Slot[] slots = [];
    private long lastId;
    private long position;

    public string Name => "raw_postgres";

    public string Title => "raw PostgreSQL writer of the same rows, batches of 1,000";

    public async Task Prepare(CancellationToken cancellationToken)
    {
        var database = await hosts.CopyAccounts("raw", cancellationToken);
        connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using (var session = new NpgsqlCommand(Session, connection))
            await session.ExecuteNonQueryAsync(cancellationToken);
        await ReadAccounts(cancellationToken);
        slots = [new Slot(connection), new Slot(connection)];
        foreach (var slot in slots)
            await slot.Batch.PrepareAsync(cancellationToken);
        await Pay(scale.WarmUpPayments, cancellationToken);
    }

    public Task<Sample> Measure(CancellationToken cancellationToken) => Pay(scale.EnginePayments, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var slot in slots)
            await slot.Batch.DisposeAsync();
        if (connection is not null)
            await connection.DisposeAsync();
    }

    private async Task ReadAccounts(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select account, debits_posted, credits_posted, version, last_row, activity, (select next from lease where name = 'id'), (select last_position from log_head) from counters where account in (select number from account where id like 'bench\\_0%' or id ~ '^bench_[0-9]') order by account", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var read = new List<RawAccount>();
        while (await reader.ReadAsync(cancellationToken))
        {
            read.Add(new RawAccount { Number = reader.GetInt64(0), State = new RawCounters { DebitsPosted = reader.GetInt64(1), CreditsPosted = reader.GetInt64(2), Version = reader.GetInt64(3), LastRow = reader.GetInt64(4), Activity = reader.GetInt64(5) } });
            (lastId, position) = (reader.GetInt64(6), reader.GetInt64(7));
        }

        accounts = [.. read];
        if (accounts.Length != BenchScale.Accounts)
            throw new InvalidOperationException($"The raw writer finds {accounts.Length} accounts.");
    }

    private async Task<Sample> Pay(int payments, CancellationToken cancellationToken)
    {
        var pairs = new (int Debtor, int Creditor)[payments];
        for (var i = 0; i < payments; i++)
            pairs[i] = AccountPairs.Uniform(random);
        var hashes = new Guid[2 * payments];
        for (var i = 0; i < hashes.Length; i++)
            hashes[i] = Guid.NewGuid();
        var cpu = server.Cpu;
        var started = Stopwatch.GetTimestamp();
        var written = Task.CompletedTask;
        for (var first = 0; first < payments; first += Batch)
        {
            var count = Math.Min(Batch, payments - first);
            var slot = slots[first / Batch % slots.Length];
            Fill(slot, pairs.AsSpan(first, count), hashes.AsSpan(2 * first, 2 * count));
            await written;
            written = slot.Batch.ExecuteNonQueryAsync(cancellationToken);
        }

        await written;
        return new Sample(payments, Stopwatch.GetElapsedTime(started), server.Cpu - cpu);
    }

    private void Fill(Slot slot, ReadOnlySpan<(int Debtor, int Creditor)> pairs, ReadOnlySpan<Guid> hashes)
    {
        slot.Clear();
        var (firstPosition, firstId, timeMs) = (position + 1, lastId + 1, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        for (var i = 0; i < pairs.Length; i++)
        {
            ref var debtor = ref accounts[pairs[i].Debtor];
            ref var creditor = ref accounts[pairs[i].Creditor];
            (lastId, position) = (lastId + 1, position + 1);
            debtor.State.DebitsPosted += Amount;
            debtor.State.Version++;
            creditor.State.CreditsPosted += Amount;
            slot.Row(lastId, timeMs, debtor.Number, creditor.Number, Amount, debtor.State.Posted, creditor.State.Posted, debtor.State.LastRow, creditor.State.LastRow);
            slot.Values(hashes[2 * i], hashes[(2 * i) + 1], secret, leaf, checks);
            slot.KeysWithRows.Add((hashes[2 * i], lastId));
            Touch(ref debtor, pairs[i].Debtor, slot);
            Touch(ref creditor, pairs[i].Creditor, slot);
        }

        slot.Changed.Sort();
        foreach (var index in slot.Changed)
        {
            accounts[index].Changed = false;
            slot.Account(accounts[index]);
        }

        slot.End(firstPosition, position, firstId, lastId, leaf);
    }

    private void Touch(ref RawAccount account, int index, Slot slot)
    {
        account.State.LastRow = lastId;
        account.State.Activity++;
        if (account.Changed)
            return;
        account.Changed = true;
        slot.Changed.Add(index);
    }

    internal struct RawAccount
    {
        public long Number;
        public RawCounters State;
        public bool Changed;
    }

    /// <summary>One batch's statements and arrays.</summary>
    private sealed class Slot
    {
        private readonly List<Guid> keys = [];
        private readonly List<long> keyRows = [];
        private readonly List<long>[] accounts = [[], [], [], [], [], []];
        private readonly List<long>[] rows = [[], [], [], [], [], [], [], [], []];
        private readonly List<Guid>[] hashes = [[], []];
        private readonly List<byte[]>[] blobs = [[], [], []];
        private readonly NpgsqlParameter<long> offset = new();
        private readonly NpgsqlParameter<long> count = new();
        private readonly NpgsqlParameter<long>[] place = [new(), new(), new(), new()];
        private readonly NpgsqlParameter<byte[]> hash = new();

        public Slot(NpgsqlConnection connection)
        {
            Batch = new NpgsqlBatch(connection);
            Add("begin");
            Add("keys", Array(NpgsqlDbType.Uuid, keys), Array(NpgsqlDbType.Bigint, keyRows));
            Add("accounts", [.. accounts.Select(static list => Array(NpgsqlDbType.Bigint, list))]);
            Add("log", [
                .. rows.Select(static list => Array(NpgsqlDbType.Bigint, list)), .. hashes.Select(static list => Array(NpgsqlDbType.Uuid, list)),
                Array(NpgsqlDbType.Bytea, blobs[0]), offset, Array(NpgsqlDbType.Bytea, blobs[1]), Array(NpgsqlDbType.Bytea, blobs[2])]);
            Add("head", count);
            Add("batch", [.. place, hash]);
            Add("commit");
        }

        public NpgsqlBatch Batch { get; }

        public List<(Guid Key, long Row)> KeysWithRows { get; } = [];

        public List<int> Changed { get; } = [];

        public void Clear()
        {
            foreach (var list in accounts.Concat(rows).Append(keyRows))
                list.Clear();
            foreach (var list in hashes.Append(keys))
                list.Clear();
            foreach (var list in blobs)
                list.Clear();
            KeysWithRows.Clear();
            Changed.Clear();
        }

        public void Row(params ReadOnlySpan<long> values)
        {
            for (var i = 0; i < rows.Length; i++)
                rows[i].Add(values[i]);
        }

        public void Values(Guid key, Guid requestHash, params ReadOnlySpan<byte[]> bytes)
        {
            hashes[0].Add(key);
            hashes[1].Add(requestHash);
            for (var i = 0; i < blobs.Length; i++)
                blobs[i].Add(bytes[i]);
        }

        public void Account(in RawAccount account)
        {
            ReadOnlySpan<long> values = [account.Number, account.State.DebitsPosted, account.State.CreditsPosted, account.State.Version, account.State.LastRow, account.State.Activity];
            for (var i = 0; i < accounts.Length; i++)
                accounts[i].Add(values[i]);
        }

        public void End(long firstPosition, long lastPosition, long firstId, long lastId, byte[] batchHash)
        {
            KeysWithRows.Sort(static (left, right) => left.Key.CompareTo(right.Key));
            foreach (var (key, row) in KeysWithRows)
            {
                keys.Add(key);
                keyRows.Add(row);
            }

            (offset.TypedValue, count.TypedValue, hash.TypedValue) = (firstId - firstPosition, lastPosition - firstPosition + 1, batchHash);
            ReadOnlySpan<long> values = [firstPosition, lastPosition, firstId, lastId];
            for (var i = 0; i < place.Length; i++)
                place[i].TypedValue = values[i];
        }

        private static NpgsqlParameter Array<T>(NpgsqlDbType type, List<T> list) => new NpgsqlParameter<List<T>> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = list };

        private void Add(string statement, params NpgsqlParameter[] parameters)
        {
            var command = new NpgsqlBatchCommand(Sql.Read("RawPostgres.sql", statement));
            command.Parameters.AddRange(parameters);
            Batch.BatchCommands.Add(command);
        }
    }
}
