using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Postgres;

/// <summary>
/// A decided batch as the parameters that <c>commit_batch</c> takes, filled anew for each batch. Each array costs both sides a microsecond
/// or more whatever its length, so rows of numbers alone lie one after the other in one array, and rows of the log in one of their own type.
/// </summary>
internal sealed class BatchColumns
{
    /// <summary>Ids further apart than this begin a new range of the batch's row.</summary>
    private const long WidestGap = 64;

    private readonly List<NpgsqlParameter> parameters = [];
    private readonly List<Action> clears = [];
    private readonly NpgsqlParameter<bool> raise = new() { NpgsqlDbType = NpgsqlDbType.Boolean };
    private readonly NpgsqlParameter<long> writer = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<long> fence = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<short> way = new() { NpgsqlDbType = NpgsqlDbType.Smallint };
    private readonly NpgsqlParameter<long> sweptTo = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<long> committedTo = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<ReadOnlyMemory<byte>> leaves = new() { NpgsqlDbType = NpgsqlDbType.Bytea };
    private readonly List<Guid> keys;
    private readonly List<long> keyRows;
    private readonly NpgsqlParameter<int> filtered = new() { NpgsqlDbType = NpgsqlDbType.Integer };
    private readonly List<int> askedEpochs;
    private readonly List<Guid> asked;
    private readonly List<long> accounts;
    private readonly List<long> changed;
    private readonly List<long> swept;
    private readonly LogEntries entries = new();
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
        parameters.Add(filtered);
        askedEpochs = Array<int>(NpgsqlDbType.Integer);
        asked = Array<Guid>(NpgsqlDbType.Uuid);
        accounts = Array<long>(NpgsqlDbType.Bigint);
        changed = Array<long>(NpgsqlDbType.Bigint);
        swept = Array<long>(NpgsqlDbType.Bigint);
        parameters.Add(sweptTo);
        parameters.Add(committedTo);
        parameters.Add(new NpgsqlParameter<LogEntries> { DataTypeName = $"{LogEntries.TypeName}[]", TypedValue = entries });
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

    /// <summary>Rows of the log, which must know their type's number in the database before they are sent.</summary>
    public LogEntries Entries => entries;

    /// <summary>Accounts of the sweep's slice, nine numbers each.</summary>
    public List<long> Swept => swept;

    /// <summary>How the batch is written.</summary>
    public CommitWay Way => (CommitWay)way.TypedValue;

    /// <summary>Takes the decided batch over.</summary>
    /// <param name="tail">Where its accounts go, if they are kept behind.</param>
    /// <param name="filters">What they say of its keys.</param>
    /// <param name="locked">Whether its transaction has the locks already: then a failure is raised.</param>
    public void Fill(BatchDecision batch, CachedAccounts cached, CountersTail tail, EpochFilters filters, long writerNumber, long writerFence, bool locked)
    {
        foreach (var clear in clears)
            clear();
        // The head is changed only with a row of the log.
        way.TypedValue = (short)(batch.Rows.Count == 0 && !tail.IsKept ? CommitWay.InPlace : tail.Way);
        sweptTo.TypedValue = 0;
        committedTo.TypedValue = tail.Seen;
        raise.TypedValue = locked;
        writer.TypedValue = tail.IsKept ? tail.Name : writerNumber;
        fence.TypedValue = writerFence;
        leaves.TypedValue = batch.Leaves;
        AddKeys(batch.Keys, filters);
        cached.Touched.Sort(static (left, right) => left.Number.CompareTo(right.Number));
        if (Way == CommitWay.Behind)
            AddToTail(tail, cached);
        else
            foreach (var account in cached.Touched)
                if (!account.IsUnused)
                    Add(account);
        batch.Rows.Sort(static (left, right) => left.Id.CompareTo(right.Id));
        entries.Clear();
        foreach (var row in batch.Rows)
        {
            AddId(row.Id);
            entries.Add(row);
        }

        foreach (var ((tenant, second), counts) in batch.Tally.OrderBy(static pair => pair.Key))
            tally.AddRange(tenant, second, counts.Settled, counts.Rejected);
        foreach (var (account, time, row) in batch.Waypoints)
            waypoints.AddRange(account, time, row);
        foreach (var (hash, row) in batch.References)
            references.AddRange(hash, row);
    }

    /// <summary>Takes a slice of a sweep over, without a batch.</summary>
    public void FillSlice(CountersTail tail)
    {
        swept.Clear();
        AddSwept(tail);
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

    private void AddKeys(IReadOnlyDictionary<UInt128, long> taken, EpochFilters filters)
    {
        filtered.TypedValue = filters.Next;
        sortedKeys.Clear();
        foreach (var (key, row) in taken)
            sortedKeys.Add((key, row));
        CollectionsMarshal.AsSpan(sortedKeys).Sort(static (left, right) => left.Key.CompareTo(right.Key));
        foreach (var (key, row) in sortedKeys)
        {
            keys.Add(Uuid(key));
            keyRows.Add(row);
            filters.Ask(key, askedEpochs, asked);
        }
    }

    private void Add(CachedAccount account)
    {
        accounts.AddRange(account.Number, account.Stored.Version, account.Stored.Activity);
        Add(accounts, account.Now);
    }

    private void AddToTail(CountersTail tail, CachedAccounts cached)
    {
        tail.Prepare(cached);
        foreach (var account in tail.Changed)
        {
            changed.Add(account.Number);
            Add(accounts, account.Now);
        }

        AddSwept(tail);
        sweptTo.TypedValue = tail.SweptTo;
    }

    private void AddSwept(CountersTail tail)
    {
        foreach (var account in tail.Swept)
        {
            swept.Add(account);
            Add(swept, tail.Of(account));
        }
    }

    private static void Add(List<long> to, in CounterState state) => to.AddRange(
        state.DebitsPosted, state.CreditsPosted, state.DebitsPending, state.CreditsPending, state.Version, state.EventVersion, state.LastRow, state.Activity);

    private void AddId(long id)
    {
        if (lastIds.Count == 0 || id - lastIds[^1] > WidestGap)
        {
            firstIds.Add(id);
            lastIds.Add(id);
        }

        lastIds[^1] = id;
    }

    private List<T> Array<T>(NpgsqlDbType type)
    {
        var list = new List<T>();
        parameters.Add(new NpgsqlParameter<List<T>> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = list });
        clears.Add(list.Clear);
        return list;
    }
}
