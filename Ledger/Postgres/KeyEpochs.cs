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
    /// <summary>Keys with their rows, as SQL: $1 the epoch before which there are filters, $2 the keys, $3 and $4 the pairs that those did not deny.</summary>
    public const string Find = "find_keys($1, (select (last_position / key_epoch_rows())::integer from log_head), $2, $3, $4)";

    private const int SliceKeys = 8_192;

    private readonly ulong[] filter = new ulong[EpochFilters.Words];
    private volatile EpochFilters filters = new(0);
    private Guid? done;
    private long epochRows;
    private int made;

    /// <summary>The filters as they are now: whoever asks them says with it up to which epoch they were asked.</summary>
    public EpochFilters Filters => filters;

    /// <summary>Whether the filters were read over the connection as it is.</summary>
    public bool IsOf(WriterConnection connection) => connection.IsOpen && connection.Made == made;

    /// <summary>Reads what another connection knows, and makes a slice of the next filter. The writer's thread.</summary>
    /// <param name="lastPosition">A position that was committed.</param>
    /// <returns>Whether there is more to make.</returns>
    public bool Follow(WriterConnection connection, long lastPosition)
    {
        var open = connection.Open();
        if (connection.Made != made)
            Load(open, connection.Made);
        return lastPosition / epochRows > filters.Next && MakeSlice(open);
    }

    private void Load(NpgsqlConnection connection, int connectionMade)
    {
        // Without any key there was none before either: the first epoch is the log's last.
        var (first, rows) = connection.One(
            "select coalesce((select min(epoch) from key), last_position / key_epoch_rows())::bigint, key_epoch_rows() from log_head", static row => (checked((int)row.GetInt64(0)), row.GetInt64(1)));
        var loaded = new EpochFilters(first);
        using (var command = new NpgsqlCommand("select epoch, bits from key_filter where epoch >= $1 order by epoch", connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = first } } })
        using (var reader = command.ExecuteReader())
            while (reader.Read() && reader.GetInt32(0) == loaded.Next)
                loaded.Add(EpochFilters.Read(reader.GetFieldValue<byte[]>(1)));
        (filters, epochRows, made) = (loaded, rows, connectionMade);
        Begin();
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
        using (var store = new NpgsqlCommand("insert into key_filter (epoch, bits) values ($1, $2) on conflict do nothing", connection)
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
