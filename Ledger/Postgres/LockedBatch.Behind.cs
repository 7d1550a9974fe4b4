using Npgsql;

namespace Ledger.Postgres;

/// <summary>
/// The first round trip of a batch while the counters are kept behind: the lock of the log's head, behind which nobody else commits, and
/// what the others appended to the tail since this process saw it last. What is remembered is true then, and no account is locked.
/// </summary>
internal sealed partial class LockedBatch
{
    private const string SelectFence = "select 1 from writer where number = $1 and fence = $2";
    private const string SelectHead = "select coalesce(behind, 0), last_position, swept_to from log_head";

    // Where rows are gone that were not seen, all that there are.
    private const string SelectTail =
        "select position, accounts, states from counters_tail where position > (select case when swept_to > $1 then 0 else $1 end from log_head) order by position";

    /// <summary>Numbers of an account in a row of the tail.</summary>
    private const int NumbersOfAccount = 8;

    private readonly List<(long Position, long[] Accounts, long[] States)> appended = [];

    /// <summary>Begins the transaction, takes the lock, and takes over what others appended: for a usual batch.</summary>
    public LockOutcome LockBehind(long writer, long fence)
    {
        begun = connection.Open();
        using var batch = new NpgsqlBatch(begun);
        BeginBehind(batch, writer, fence);
        using var reader = batch.ExecuteReader();
        var outcome = ReadTail(reader);
        reader.NextResult();
        return outcome;
    }

    /// <summary>
    /// Takes over what others appended without keeping anybody waiting: for a process that did not commit for a while, so that little is
    /// left to read under the lock; and to take up the tail that others keep, the whole of it, where this process has none. A fence that
    /// holds meanwhile holds as long as that tail's name: whoever moves it on ends the name in the same transaction.
    /// </summary>
    public LockOutcome Look(long writer, long fence)
    {
        using var batch = new NpgsqlBatch(connection.Open());
        // One moment: rows that were swept between two statements would be missed.
        Add(batch, "begin isolation level repeatable read");
        Add(batch, tail.IsKept ? SelectFence : SelectFence + " for share", Value(writer), Value(fence));
        Add(batch, SelectHead);
        Add(batch, SelectTail, Value(tail.IsKept ? tail.Seen : 0));
        Add(batch, "rollback");
        using var reader = batch.ExecuteReader();
        var outcome = ReadTail(reader);
        while (reader.NextResult())
        {
        }

        return outcome;
    }

    // Each in a statement of its own: one that waited for a lock sees all else as it was before it waited.
    private void BeginBehind(NpgsqlBatch batch, long writer, long fence)
    {
        Add(batch, "begin");
        Add(batch, SelectFence + " for share", Value(writer), Value(fence));
        Add(batch, SelectHead + " for no key update");
        Add(batch, SelectTail, Value(tail.Seen));
    }

    private LockOutcome ReadTail(NpgsqlDataReader reader)
    {
        var isFenced = !reader.Read();
        Next(reader);
        reader.Read();
        var (name, position, sweptTo) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        Next(reader);
        if (isFenced)
            return LockOutcome.Fenced;
        if (!tail.IsKept && name == 0)
            return LockOutcome.InPlace;
        // A log that ends before was set back: then it is taken up anew.
        if (tail.IsKept ? name != tail.Name || position < tail.Seen : name > 0)
            return LockOutcome.KeptElsewhere;
        // All of it is taken over, or, where the connection breaks meanwhile, nothing.
        appended.Clear();
        while (reader.Read())
            appended.Add((reader.GetInt64(0), reader.GetFieldValue<long[]>(1), reader.GetFieldValue<long[]>(2)));
        tail.Looked(position);
        if (!tail.IsKept)
            tail.Join();
        if (!tail.IsKept || tail.SweptByOthers(sweptTo))
            accounts.Clear();
        foreach (var (at, numbers, states) in appended)
            Take(at, numbers, states);
        tail.Named(name, position, sweptTo);
        appended.Clear();
        return LockOutcome.Locked;
    }

    private void Take(long position, long[] numbers, ReadOnlySpan<long> states)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            var state = CounterState.Of(states.Slice(i * NumbersOfAccount, NumbersOfAccount));
            tail.Take(numbers[i], state, position);
            accounts.MovedOn(numbers[i], state);
        }
    }
}
