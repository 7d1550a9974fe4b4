using Grains.Interfaces.Values;
using Ledger.Shards;

namespace Ledger.Postgres;

/// <summary>Reads what each database of a ledger holds, and leaves it as it is.</summary>
public static class PostgresShardLoad
{
    private const string Select =
        """
        select coalesce((select s.number from shard s), 0)::int,
            (select count(*) from bucket b, shard s where b.shard = s.number), (select count(*) from bucket),
            (select coalesce(sum(b.epoch - 1), 0)::bigint from bucket b, shard s where b.shard = s.number),
            (select count(*) from account where number >= 100000), (select last_position from log_head),
            (select coalesce(sum(t.settled + t.rejected), 0)::bigint from tally_second_now t where t.tenant = 0
                and t.second > greatest((select max(second) from tally_second where tenant = 0), (select max(second) from tally_behind where tenant = 0)) - 60),
            (select count(*) from due where kind = 'transfer'), pg_database_size(current_database())
        """;

    /// <exception cref="LedgerStoreException">A server cannot be reached, or refuses.</exception>
    public static IReadOnlyList<ShardLoad> Read(IReadOnlyList<PostgresSettings> shards)
    {
        try
        {
            return [.. shards.Select(Read)];
        }
        catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
        {
            throw PostgresFailure.Of(exception, mayHaveCommitted: false);
        }
    }

    private static ShardLoad Read(PostgresSettings settings)
    {
        using var source = settings.ForAudits();
        using var connection = source.OpenConnection();
        var transit = connection.Each(
            "select a.number, c.credits_posted - c.debits_posted from account a cross join lateral counters_at(a.number, 0, 0) c where a.number < 100000 order by a.number",
            static row => (Number: row.GetInt64(0), Balance: row.GetInt64(1)));
        return connection.Each(Select, row => new ShardLoad(
            row.GetInt32(0), settings.Place, row.GetInt64(2) == 0 ? Bucket.Count : (int)row.GetInt64(1), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8),
            [.. transit.Where(static account => SystemAccountNumbers.PeerOf(account.Number) is not null)
                .Select(static account => new TransitBalance(SystemAccountNumbers.PeerOf(account.Number)!.Value, SystemAccountNumbers.CurrencyOf(account.Number).Code, account.Balance))]))[0];
    }
}
