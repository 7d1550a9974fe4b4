using Npgsql;

namespace Ledger.Postgres;

/// <summary>
/// Lets go of idempotency keys of rows that are older than 30 days of the product's time, in the order of row ids, a slice at a
/// time. A row with a lower id that commits later than its neighbours by 30 days keeps its key, which does no harm. Several
/// processes may do it at once: each slice is one statement. The key of a transfer's step goes with its row alone: whoever drives the
/// transfer may have looked for that step long ago, and take it only now.
/// </summary>
internal static class PostgresKeys
{
    // A caller's key stands in a payment's first row, or in an event of an account.
    internal static readonly string Prune =
        $"""
        with head as (select time - 2592000000 as cutoff from log order by id desc limit 1),
        slice as (select l.id, l.position, l.time, l.key, coalesce(l.payment, 0) <> 0 as is_step from log l where l.id > coalesce((select value::bigint from setting where name = 'keys pruned'), 0) order by l.id limit 4096),
        outdated as (select s.id, s.position, s.key, s.is_step from slice s, head where s.time < head.cutoff and s.id < coalesce((select min(e.id) from slice e, head h where e.time >= h.cutoff), 9223372036854775807)),
        gone as (delete from key k using outdated o where k.epoch = {KeyEpochs.OfRow("o.position")} and k.key = o.key and k.row = o.id and not o.is_step),
        emptied as (delete from key_filter f where f.epoch < first_key_epoch())
        insert into setting as s (name, value) select 'keys pruned', max(o.id)::text from outdated o having count(*) > 0
        on conflict (name) do update set value = greatest(s.value::bigint, excluded.value::bigint)::text
        returning 1
        """;

    /// <summary>True while there may be more.</summary>
    public static bool PruneSlice(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(Prune, connection);
        return command.ExecuteScalar() is not null;
    }

    /// <summary>The row up to which keys were let go.</summary>
    public static long ReadPruned(NpgsqlConnection connection) =>
        connection.Each("select value::bigint from setting where name = 'keys pruned'", static row => row.GetInt64(0)) is [var row] ? row : 0;
}
