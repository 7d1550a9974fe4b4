using Npgsql;

namespace Ledger.Postgres;

/// <summary>
/// Idempotency keys stand in epochs of the log (see <c>0015-key-epochs.sql</c>). Which of the epochs that are at their end may have a
/// key, filters in memory say; the server looks in those, and in all that have no filter yet. A filter is made of its epoch's keys a
/// slice at a time, by the first process that gets to it, and stored. What was read over one connection holds for that one only: a
/// server behind another may have been set back, and then gone another way.
/// </summary>
internal sealed class KeyEpochs
{
    /// <summary>Keys with their rows, as SQL: its parameters are those of a <see cref="KeyQuestion"/>, in their order.</summary>
    public const string Find = "find_keys($1, (select (last_position / key_epoch_rows())::integer from log_head), $2, $3, $4)";

    private const int SliceKeys = 8_192;
    private const int PageFilters = 16;

    private readonly ulong[] filter = new ulong[EpochFilters.Words];
    private volatile EpochFilters filters = new(0);
    private Guid? done;
    private long epochRows;
    private long reached;
    private int made;

    /// <summary>The filters as they are now: whoever asks them says with it up to which epoch they were asked.</summary>
    public EpochFilters Filters => filters;

    /// <summary>What the server is to look at for these keys. Any thread.</summary>
    public KeyQuestion Ask(IEnumerable<UInt128> keys)
    {
        // Those that come while they are asked are asked, too: so the epoch is read first, and the server looks there twice at most.
        var asked = filters;
        var question = new KeyQuestion(asked.Next, [.. keys.Select(BatchColumns.Uuid)], [], []);
        foreach (var key in question.Keys)
            asked.Ask(BatchColumns.Hash(key), question.Epochs, question.InEpochs);
        return question;
    }

    /// <summary>The epochs that may have the key of a row, as SQL: a batch's keys are of the epoch in which it began.</summary>
    /// <param name="position">The row's, as SQL. The epochs come as one array: two that are compared one by one are no condition of the index.</param>
    public static string OfRow(string position) => $"any(array[({position} - 1) / key_epoch_rows(), ({position} - 1) / key_epoch_rows() - 1])";

    /// <summary>Whether the filters were read over the connection as it is.</summary>
    public bool IsOf(WriterConnection connection) => connection.IsOpen && connection.Made == made;

    /// <summary>Reads anew what another connection's server knows, and what others made; or makes a slice of the next filter. The writer's thread.</summary>
    /// <returns>Whether there may be more to make.</returns>
    public bool Follow(WriterConnection connection)
    {
        var open = connection.Open();
        if (connection.Made != made)
            Load(open, connection.Made);
        return reached / epochRows > filters.Next && (Read(open) || MakeSlice(open));
    }

    /// <summary>As <see cref="Follow"/>, for a process that does not commit itself, beside others that do.</summary>
    public bool FollowOthers(WriterConnection connection)
    {
        var more = Follow(connection);
        Committed(connection.Open().One("select last_position from log_head", static row => row.GetInt64(0)));
        return more;
    }

    /// <summary>A position that was committed on the server to which the connection leads.</summary>
    public void Committed(long position) => reached = Math.Max(reached, position);

    private void Load(NpgsqlConnection connection, int connectionMade)
    {
        // Where there is no key, there was none before either: the first epoch is the log's last.
        var (first, rows, position) = connection.One(
            "select coalesce(first_key_epoch(), last_position / key_epoch_rows())::bigint, key_epoch_rows(), last_position from log_head", static row => (checked((int)row.GetInt64(0)), row.GetInt64(1), row.GetInt64(2)));
        (filters, epochRows, reached) = (new EpochFilters(first), rows, position);
        Begin();
        while (reached / epochRows > filters.Next && Read(connection))
        {
        }

        made = connectionMade;
    }

    // In pages: there may be many. One of another length is made anew.
    private bool Read(NpgsqlConnection connection)
    {
        if (done is not null)
            return false;
        var before = filters.Next;
        using var command = new NpgsqlCommand("select epoch, bits from key_filter where epoch >= $1 and octet_length(bits) = $2 order by epoch limit $3", connection)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = before }, new NpgsqlParameter<int> { TypedValue = EpochFilters.Words * sizeof(ulong) }, new NpgsqlParameter<int> { TypedValue = PageFilters } },
        };
        using var reader = command.ExecuteReader();
        while (reader.Read() && reader.GetInt32(0) == filters.Next && reached / epochRows > filters.Next)
            filters.Add(EpochFilters.Read(reader.GetFieldValue<byte[]>(1)));
        return filters.Next > before;
    }

    private bool MakeSlice(NpgsqlConnection connection)
    {
        var keys = 0;
        using (var command = new NpgsqlCommand("select key from key where epoch = $1 and key > $2 order by key limit $3", connection)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = filters.Next }, new NpgsqlParameter<Guid> { TypedValue = done ?? Guid.Empty }, new NpgsqlParameter<int> { TypedValue = SliceKeys } },
        })
        using (var reader = command.ExecuteReader())
            for (; reader.Read(); keys++)
            {
                done = reader.GetGuid(0);
                EpochFilters.Note(filter, BatchColumns.Hash(done.Value));
            }

        if (keys == SliceKeys)
            return true;
        using (var store = new NpgsqlCommand("insert into key_filter (epoch, bits) select $1, $2 from log_head where last_position / key_epoch_rows() > $1 on conflict (epoch) do update set bits = excluded.bits", connection)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = filters.Next }, new NpgsqlParameter<byte[]> { TypedValue = EpochFilters.Bytes(filter) } },
        })
            store.ExecuteNonQuery();
        filters.Add(filter);
        Begin();
        return true;
    }

    private void Begin()
    {
        Array.Clear(filter);
        done = null;
    }
}

/// <summary>Keys that are asked for, and what the filters say of them.</summary>
/// <param name="Filtered">Epochs before this one were looked at in their filters.</param>
/// <param name="Keys">Those that are asked for.</param>
/// <param name="Epochs">Epochs whose filters did not deny a key.</param>
/// <param name="InEpochs">Beside each of them, the key.</param>
internal readonly record struct KeyQuestion(int Filtered, Guid[] Keys, List<int> Epochs, List<Guid> InEpochs);
