using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Postgres;

/// <summary>
/// A decided batch as the columns that <c>commit_batch</c> takes: one array a parameter, filled anew for each batch. Each array costs
/// both sides a microsecond or more whatever its length, so rows of numbers alone lie one after the other in one array.
/// </summary>
internal sealed class BatchColumns
{
    /// <summary>Ids further apart than this begin a new range of the batch's row.</summary>
    private const long WidestGap = 64;

    private readonly List<NpgsqlParameter> parameters = [];
    private readonly List<Action> clears = [];
    private readonly List<Action> shortenings = [];
    private readonly NpgsqlParameter<bool> raise = new() { NpgsqlDbType = NpgsqlDbType.Boolean };
    private readonly NpgsqlParameter<long> writer = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<long> fence = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<short> way = new() { NpgsqlDbType = NpgsqlDbType.Smallint };
    private readonly NpgsqlParameter<long> sweptTo = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<long> committedTo = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<ReadOnlyMemory<byte>> leaves = new() { NpgsqlDbType = NpgsqlDbType.Bytea };
    private readonly List<Guid> keys;
    private readonly List<long> keyRows;
    private readonly List<long> accounts;
    private readonly List<long> changed;
    private readonly List<long> swept;
    private readonly List<long>[] rows = new List<long>[11];
    private readonly List<long?> payments;
    private readonly List<long?> expiries;
    private readonly List<int> versions;
    private readonly List<short>[] codes = new List<short>[4];
    private readonly List<Guid?> rowKeys;
    private readonly List<Guid?> requestHashes;
    private readonly List<byte[]?>[] blobs = new List<byte[]?>[5];
    private readonly List<long> firstIds;
    private readonly List<long> lastIds;
    private readonly List<long> tally;
    private readonly List<long> waypoints;
    private readonly List<long> references;
    private readonly List<(UInt128 Key, long Row)> sortedKeys = [];

    // In the order of the function's parameters.
    public BatchColumns()
    {
        parameters.AddRange([raise, writer, fence, way]);
        keys = Array<Guid>(NpgsqlDbType.Uuid);
        keyRows = Array<long>(NpgsqlDbType.Bigint);
        accounts = Array<long>(NpgsqlDbType.Bigint);
        changed = Array<long>(NpgsqlDbType.Bigint);
        swept = Array<long>(NpgsqlDbType.Bigint);
        parameters.Add(sweptTo);
        parameters.Add(committedTo);
        // id, place, time, tenant, [payment], debtor, creditor, amount, two balances, two predecessors
        for (var i = 0; i < 4; i++)
            rows[i] = Array<long>(NpgsqlDbType.Bigint);
        payments = Sparse<long?>(NpgsqlDbType.Bigint);
        for (var i = 4; i < 11; i++)
            rows[i] = Array<long>(NpgsqlDbType.Bigint);
        expiries = Sparse<long?>(NpgsqlDbType.Bigint);
        versions = Array<int>(NpgsqlDbType.Integer);
        for (var i = 0; i < codes.Length; i++)
            codes[i] = Array<short>(NpgsqlDbType.Smallint);
        rowKeys = Array<Guid?>(NpgsqlDbType.Uuid);
        requestHashes = Array<Guid?>(NpgsqlDbType.Uuid);
        for (var i = 0; i < blobs.Length; i++)
            blobs[i] = Sparse<byte[]?>(NpgsqlDbType.Bytea);
        parameters.Add(leaves);
        firstIds = Array<long>(NpgsqlDbType.Bigint);
        lastIds = Array<long>(NpgsqlDbType.Bigint);
        tally = Array<long>(NpgsqlDbType.Bigint);
        waypoints = Array<long>(NpgsqlDbType.Bigint);
        references = Array<long>(NpgsqlDbType.Bigint);
        Sql = $"select result_code, result_position from commit_batch({string.Join(", ", Enumerable.Range(1, parameters.Count).Select(static number => $"${number}"))})";
    }

    /// <summary>The call, with a place for each parameter.</summary>
    public string Sql { get; }

    public IReadOnlyList<NpgsqlParameter> Parameters => parameters;

    /// <summary>How the batch is written.</summary>
    public CommitWay Way => (CommitWay)way.TypedValue;

    /// <summary>Takes the decided batch over.</summary>
    /// <param name="tail">Where its accounts go, if they are kept behind.</param>
    /// <param name="lastPosition">The position of this process's last commit.</param>
    /// <param name="locked">Whether its transaction has the locks, and the keys, already: then a failure is raised.</param>
    public void Fill(BatchDecision batch, CachedAccounts cached, CountersTail tail, long lastPosition, long writerNumber, long writerFence, bool locked)
    {
        foreach (var clear in clears)
            clear();
        // The head is changed only with a row of the log.
        way.TypedValue = (short)(batch.Rows.Count == 0 && !tail.IsKept ? CommitWay.InPlace : tail.Way);
        sweptTo.TypedValue = 0;
        committedTo.TypedValue = lastPosition;
        raise.TypedValue = locked;
        writer.TypedValue = writerNumber;
        fence.TypedValue = writerFence;
        leaves.TypedValue = batch.Leaves;
        if (!locked)
            AddKeys(batch.Keys);
        cached.Touched.Sort(static (left, right) => left.Number.CompareTo(right.Number));
        if (Way == CommitWay.Behind)
            AddToTail(tail, cached, lastPosition);
        else
            foreach (var account in cached.Touched)
                if (!account.IsUnused)
                    Add(account);
        batch.Rows.Sort(static (left, right) => left.Id.CompareTo(right.Id));
        foreach (var row in batch.Rows)
            Add(row);
        foreach (var shorten in shortenings)
            shorten();
        foreach (var ((tenant, second), counts) in batch.Tally.OrderBy(static pair => pair.Key))
            tally.AddRange(tenant, second, counts.Settled, counts.Rejected);
        foreach (var (account, time, row) in batch.Waypoints)
            waypoints.AddRange(account, time, row);
        foreach (var (hash, row) in batch.References)
            references.AddRange(hash, row);
    }

    public static Guid Uuid(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return new Guid(bytes, bigEndian: true);
    }

    public static UInt128 Hash(Guid uuid)
    {
        Span<byte> bytes = stackalloc byte[16];
        uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private void AddKeys(IReadOnlyDictionary<UInt128, long> taken)
    {
        sortedKeys.Clear();
        foreach (var (key, row) in taken)
            sortedKeys.Add((key, row));
        CollectionsMarshal.AsSpan(sortedKeys).Sort(static (left, right) => left.Key.CompareTo(right.Key));
        foreach (var (key, row) in sortedKeys)
        {
            keys.Add(Uuid(key));
            keyRows.Add(row);
        }
    }

    private void Add(CachedAccount account)
    {
        accounts.AddRange(account.Number, account.Stored.Version, account.Stored.Activity);
        Add(accounts, account.Now);
    }

    private void AddToTail(CountersTail tail, CachedAccounts cached, long lastPosition)
    {
        tail.Prepare(cached, lastPosition);
        foreach (var account in tail.Changed)
        {
            changed.Add(account.Number);
            Add(accounts, account.Now);
        }

        foreach (var account in tail.Swept)
        {
            swept.Add(account);
            Add(swept, tail.Of(account));
        }

        sweptTo.TypedValue = tail.SweptTo;
    }

    private static void Add(List<long> to, in CounterState state) => to.AddRange(
        state.DebitsPosted, state.CreditsPosted, state.DebitsPending, state.CreditsPending, state.Version, state.EventVersion, state.LastRow, state.Activity);

    private void Add(LogRow row)
    {
        AddId(row.Id);
        rows[0].Add(row.Id);
        rows[1].Add(row.Position);
        rows[2].Add(row.TimeMs);
        rows[3].Add(row.Tenant);
        payments.Add(row.Payment == row.Id ? null : row.Payment);
        rows[4].Add(row.Debtor);
        rows[5].Add(row.Creditor);
        rows[6].Add(row.Amount);
        rows[7].Add(row.DebtorBalance);
        rows[8].Add(row.CreditorBalance);
        rows[9].Add(row.DebtorPrevious);
        rows[10].Add(row.CreditorPrevious);
        expiries.Add(row.ExpiresAtMs == 0 ? null : row.ExpiresAtMs);
        versions.Add(row.Version);
        codes[0].Add((short)row.Type);
        codes[1].Add((short)row.Kind);
        codes[2].Add(row.Currency.Number);
        codes[3].Add((short)row.Reason);
        rowKeys.Add(row.Key.IsNone ? null : Uuid(row.Key.Value));
        requestHashes.Add(row.RequestHash == UInt128.Zero ? null : Uuid(row.RequestHash));
        blobs[0].Add(row.Data);
        blobs[1].Add(row.Sealed);
        blobs[2].Add(row.SealedCreditor);
        blobs[3].Add(row.Leaf);
        blobs[4].Add(row.Checks);
    }

    private void AddId(long id)
    {
        if (lastIds.Count == 0 || id - lastIds[^1] > WidestGap)
        {
            firstIds.Add(id);
            lastIds.Add(id);
        }

        lastIds[^1] = id;
    }

    // Often null in every row: then it travels empty, and the server pads it.
    private List<T> Sparse<T>(NpgsqlDbType type)
    {
        var list = Array<T>(type);
        shortenings.Add(() =>
        {
            if (list.TrueForAll(static value => value is null))
                list.Clear();
        });
        return list;
    }

    private List<T> Array<T>(NpgsqlDbType type)
    {
        var list = new List<T>();
        parameters.Add(new NpgsqlParameter<List<T>> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = list });
        clears.Add(list.Clear);
        return list;
    }
}
