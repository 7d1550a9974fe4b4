using System.Security.Cryptography;
using Ledger.Archive;
using Ledger.EventLog;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Postgres;

/// <summary>
/// Reads the log from its start in position order, a few whole batches at a time: checks every row, the chain of batch hashes,
/// that positions are dense and keys in their index, and hands the rows to the replay.
/// </summary>
internal sealed class PostgresLogAudit(NpgsqlConnection connection, AccountReplay accounts, HoldReplay holds, TallyAudit tally, AuditFindings findings)
{
    /// <summary>Rows of a page, unless its only batch has more.</summary>
    private const long PageRows = 8_192;

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The position up to which all was read.</summary>
    public long Position { get; private set; }

    public byte[] LastHash { get; private set; } = new byte[LeafHash.Size];

    public long Rows { get; private set; }

    public long Batches { get; private set; }

    /// <summary>Begins behind what an archive has of the log.</summary>
    public void BeginAfter(ArchiveReplay archived) =>
        (Position, LastHash, Rows, Batches) = (archived.Position, archived.LastHash, archived.Position, archived.Batches);

    /// <summary>Reads one page; false where the log ends.</summary>
    public bool ReadPage()
    {
        var batches = ReadBatches();
        if (batches.Count == 0)
            return false;
        var rows = new Dictionary<long, LogRow>();
        foreach (var row in connection.Each(
            $"""
            select {LogColumns.All}
            from (select first_position, last_position, first_ids, last_ids from batch where first_position between $1 and $2) b
            cross join lateral unnest(b.first_ids, b.last_ids) as r(first_id, last_id)
            join lateral (select * from log where id between r.first_id and r.last_id and position between b.first_position and b.last_position) l on true
            """,
            Read, batches[0].FirstPosition, batches[^1].FirstPosition).OfType<LogRow>())
        {
            Rows++;
            if (!rows.TryAdd(row.Position, row))
                findings.OfRow(row.Id, row.Position, "position", $"Row {rows[row.Position].Id} has the same position.");
        }

        foreach (var batch in batches)
            Check(batch, rows);
        var pruned = PostgresKeys.ReadPruned(connection);
        CompareKeys(rows.Values.Where(row => !row.Key.IsNone && row.Id > pruned).ToList());
        return true;
    }

    private List<Batch> ReadBatches()
    {
        var page = new List<Batch>();
        long length = 0;
        foreach (var batch in connection.Each(
            "select first_position, last_position, hash from batch where first_position > $1 order by first_position limit 1000",
            static row => new Batch(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2)), Position))
        {
            if (page.Count > 0 && length + batch.LastPosition - batch.FirstPosition >= PageRows)
                break;
            page.Add(batch);
            length += batch.LastPosition - batch.FirstPosition + 1;
        }

        return page;
    }

    private LogRow? Read(NpgsqlDataReader reader)
    {
        try
        {
            return LogColumns.Read(reader);
        }
        catch (LedgerDamagedException damage)
        {
            findings.OfRow(reader.GetInt64(0), reader.GetInt64(1), damage.Field ?? "row", damage.Message);
            return null;
        }
    }

    private void Check(Batch batch, Dictionary<long, LogRow> rows)
    {
        if (batch.FirstPosition != Position + 1)
            findings.Add("batch", 0, batch.FirstPosition, "first_position", $"The batch before ends at position {Position}, this one begins at {batch.FirstPosition}.");
        hash.AppendData(LastHash);
        var missing = false;
        for (var position = batch.FirstPosition; position <= batch.LastPosition; position++)
        {
            if (!rows.TryGetValue(position, out var row))
            {
                missing = true;
                findings.Add("log", 0, position, "position", "No readable row of the batch has this position.");
                continue;
            }

            RowAudit.CheckSeal(row, row.Leaf, row.Checks, findings);
            hash.AppendData(row.Leaf);
            accounts.Apply(row);
            holds.Note(row);
            tally.Note(row);
        }

        var computed = hash.GetHashAndReset();
        if (!missing && !computed.AsSpan().SequenceEqual(batch.Hash))
            findings.Add("batch", 0, batch.FirstPosition, "hash", $"The hash of positions {batch.FirstPosition} to {batch.LastPosition} is not that of the rows there and of the batch before.");
        Batches++;
        (Position, LastHash) = (batch.LastPosition, batch.Hash);
    }

    private void CompareKeys(List<LogRow> keyed)
    {
        using var command = new NpgsqlCommand($"select f.id, f.position, f.row_id from (select r.id, r.position, (select k.row from key k where k.epoch = {KeyEpochs.OfRow("r.position")} and k.key = r.key order by k.row <> r.id limit 1) as row_id from unnest($1, $2, $3) as r(id, position, key)) f where f.row_id is distinct from f.id", connection);
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, Value = keyed.ConvertAll(static row => row.Id) });
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, Value = keyed.ConvertAll(static row => row.Position) });
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid, Value = keyed.ConvertAll(static row => BatchColumns.Uuid(row.Key.Value)) });
        using var reader = command.ExecuteReader();
        while (reader.Read())
            findings.OfRow(reader.GetInt64(0), reader.GetInt64(1), "key", reader.IsDBNull(2) ? "The index of keys has not this row's key." : $"The index of keys has this row's key for row {reader.GetInt64(2)}.");
    }

    private readonly record struct Batch(long FirstPosition, long LastPosition, byte[] Hash);
}

/// <summary>Short queries of an audit.</summary>
internal static class AuditQueries
{
    public static List<T> Each<T>(this NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, params long[] values)
    {
        using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = value });
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    public static T One<T>(this NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read) => connection.Each(sql, read)[0];
}
