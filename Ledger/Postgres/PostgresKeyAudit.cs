using Ledger.EventLog;
using Npgsql;

namespace Ledger.Postgres;

/// <summary>
/// Reads the index of keys in its order for entries that the log has not, and for keys that two epochs have, which no constraint rules
/// out; and whether the stored filters would deny a key that is there, or are of epochs that are not at their end. That each row's key is in the index, the log's audit looks (<see cref="PostgresLogAudit"/>).
/// </summary>
internal sealed class PostgresKeyAudit(NpgsqlConnection connection, AuditFindings findings)
{
    private const string Page =
        """
        select k.epoch, k.key, k.row, l.key is distinct from k.key, (l.position - 1) / key_epoch_rows() - k.epoch not in (0, 1)
        from (select epoch, key, row from key where (epoch, key) > ($1, $2) order by epoch, key limit 20000) k left join log l on l.id = k.row
        order by k.epoch, k.key
        """;

    private const string Count =
        "select count(*) from generate_series((select min(epoch) from key), (select max(epoch) from key)) as e(epoch) where exists (select 1 from key k where k.epoch = e.epoch and k.key = $1)";

    private readonly KeyFilter seen = new();
    private (int Epoch, byte[]? Bits) filter = (-1, null);
    private (int Epoch, Guid Key) last = (-1, Guid.Empty);

    /// <summary>False where the index ends.</summary>
    public bool ReadPage()
    {
        var seenBefore = new List<(Guid Key, long Row)>();
        var page = new List<(int Epoch, Guid Key, long Row)>();
        using (var command = new NpgsqlCommand(Page, connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = last.Epoch }, new NpgsqlParameter<Guid> { TypedValue = last.Key } } })
        using (var reader = command.ExecuteReader())
            while (reader.Read())
            {
                last = (reader.GetInt32(0), reader.GetGuid(1));
                var row = reader.GetInt64(2);
                if (reader.GetBoolean(3))
                    findings.Add("key", row, 0, "key", $"The index has a key for row {row} that the row has not.");
                else if (reader.GetBoolean(4))
                    findings.Add("key", row, 0, "epoch", $"Row {row} is not of epoch {last.Epoch}.");
                var key = BatchColumns.Hash(last.Key);
                if (seen.MayContain(key))
                    seenBefore.Add((last.Key, row));
                seen.Add(key);
                page.Add((last.Epoch, last.Key, row));
            }

        foreach (var (epoch, key, row) in page)
            if (Filter(epoch) is { } bits && !EpochFilters.Has(EpochFilters.Read(bits), BatchColumns.Hash(key)))
                findings.Add("key_filter", row, 0, "bits", $"The filter of epoch {epoch} denies a key that the epoch has.");

        foreach (var (key, row) in seenBefore)
            if (IsThereTwice(key))
                findings.Add("key", row, 0, "key", $"Row {row} has a key that another row has too.");
        return page.Count > 0;
    }

    /// <summary>Filters of epochs that are not at their end: keys may still come that they deny.</summary>
    public void FindEarlyFilters()
    {
        foreach (var epoch in connection.Each("select f.epoch::bigint from key_filter f, log_head h where f.epoch >= h.last_position / key_epoch_rows()", static row => row.GetInt64(0)))
            findings.Of("key_filter", "epoch", $"Epoch {epoch} has a filter before it is at its end.");
    }

    // None is made yet, or it is of another length, and will be made anew.
    private byte[]? Filter(int epoch)
    {
        if (filter.Epoch != epoch)
            filter = (epoch, connection.Each("select bits from key_filter where epoch = $1 and octet_length(bits) = $2", static row => row.GetFieldValue<byte[]>(0), epoch, EpochFilters.Words * sizeof(ulong)) is [var bits] ? bits : null);
        return filter.Bits;
    }

    private bool IsThereTwice(Guid key)
    {
        using var command = new NpgsqlCommand(Count, connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = key } } };
        return (long)command.ExecuteScalar()! > 1;
    }
}
