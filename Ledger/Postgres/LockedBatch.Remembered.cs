using Grains.Interfaces.Accounts;
using Npgsql;

namespace Ledger.Postgres;

/// <summary>
/// The first round trip of a usual batch whose accounts are all remembered, in place, while another process writes too. Nothing is looked for but
/// what moved on: the counters come back from under their locks, a fifth of what a whole account is, and no key is asked for, since a
/// taken one fails the commit.
/// </summary>
internal sealed partial class LockedBatch
{
    private const string LockCounters =
        $"select c.account, {AccountColumns.Counters} from counters c where c.account = any($1) order by c.account for no key update";

    // A statement of its own: one that waited for a lock sees the locked row anew, and all else as it was before it waited.
    private const string SelectStatus = "select number, status from account where number = any($1)";

    /// <summary>Begins the transaction, takes the locks of accounts that are remembered, and takes over how they are now.</summary>
    /// <param name="numbers">Each once, in order.</param>
    /// <exception cref="LedgerStoreException">One is not there any more.</exception>
    public LockOutcome LockRemembered(long[] numbers, long writer, long fence)
    {
        begun = connection.Open();
        using var batch = new NpgsqlBatch(begun);
        BeginInPlace(batch, writer, fence);
        Add(batch, LockCounters, Longs(numbers));
        Add(batch, SelectStatus, Longs(numbers));
        Add(batch, "select exists (select 1 from tenure where account = any($1) and writer <> $2 and until > clock_timestamp())", Longs(numbers), Value(writer));
        using var reader = batch.ExecuteReader();
        var outcome = ReadInPlace(reader);
        Next(reader);
        var found = 0;
        for (; reader.Read(); found++)
            accounts.Refresh(reader.GetInt64(0), ReadCounters(reader));
        Next(reader);
        while (reader.Read())
            accounts.Refresh(reader.GetInt64(0), (AccountStatus)reader.GetInt16(1));
        Next(reader);
        reader.Read();
        if (outcome == LockOutcome.Locked && reader.GetBoolean(0))
            outcome = LockOutcome.OwnedElsewhere;
        reader.NextResult();
        if (found == numbers.Length)
            return outcome;
        accounts.Forget(numbers);
        throw new LedgerStoreException($"Of {numbers.Length} accounts that are remembered the database has {found}.") { IsTransient = true };
    }

    private static CounterState ReadCounters(NpgsqlDataReader row) => CounterState.Of(
        [row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8)]);
}
