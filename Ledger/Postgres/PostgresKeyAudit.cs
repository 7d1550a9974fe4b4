using Ledger.EventLog;
using Npgsql;

namespace Ledger.Postgres;

/// <summary>
/// Reads the index of keys in its order for entries that the log has not, and for keys that two epochs have, which no constraint rules
/// out. That each row's key is in the index, the log's audit looks (<see cref="PostgresLogAudit"/>).
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
    private (int Epoch, Guid Key) last = (-1, Guid.Empty);

    /// <summary>False where the index ends.</summary>
    public bool ReadPage()
    {
        var seenBefore = new List<(Guid Key, long Row)>();
        var any = false;
        using (var command = new NpgsqlCommand(Page, connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = last.Epoch }, new NpgsqlParameter<Guid> { TypedValue = last.Key } } })
        using (var reader = command.ExecuteReader())
            for (; reader.Read(); any = true)
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
            }

        foreach (var (key, row) in seenBefore)
            if (IsThereTwice(key))
                findings.Add("key", row, 0, "key", $"Row {row} has a key that another row has too.");
        return any;
    }

    private bool IsThereTwice(Guid key)
    {
        using var command = new NpgsqlCommand(Count, connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = key } } };
        return (long)command.ExecuteScalar()! > 1;
    }
}
