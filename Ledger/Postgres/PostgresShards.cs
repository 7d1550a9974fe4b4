using Grains.Interfaces.Values;
using Ledger.Shards;
using Npgsql;

namespace Ledger.Postgres;

/// <summary>
/// Puts databases together to one ledger: which shard each is stands in it, and the map of buckets in all of them. They are given in
/// order; one that is another ledger's, or another place's, is refused before anything is written.
/// </summary>
public static class PostgresShards
{
    private const int TriesAtStart = 8;

    /// <summary>The advisory lock, in the first shard's database, of whoever makes a ledger's map: "shardmap" in ASCII.</summary>
    private const long Lock = 0x73686172646D6170;

    private static readonly short[] AllBuckets = [.. Enumerable.Range(0, Bucket.Count).Select(static bucket => (short)bucket)];

    /// <summary>Brings the databases to this release's schema, makes a new ledger's map, and reads it.</summary>
    /// <exception cref="LedgerSchemaException">They are not the shards of one ledger, in this order.</exception>
    /// <exception cref="LedgerStoreException">A server cannot be reached, or refuses.</exception>
    public static ShardMap Open(IReadOnlyList<PostgresSettings> shards, TimeProvider timeProvider)
    {
        var patience = PostgresFailure.Patience(TriesAtStart, timeProvider);
        try
        {
            foreach (var settings in shards)
                using (var migrations = settings.ForMigrations())
                    patience.Execute(static source => PostgresMigrator.Migrate(source), migrations);
            return Arrange(shards);
        }
        catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
        {
            throw PostgresFailure.Of(exception, mayHaveCommitted: false);
        }
    }

    /// <summary>Whether each bucket is on this shard; null where all are. Waits for a move that is under way.</summary>
    internal static bool[]? ReadBuckets(NpgsqlConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        using var select = new NpgsqlBatch(connection, transaction)
        {
            // A bucket that moves after this finds the writer's row, which is committed, and advances its fence.
            BatchCommands = { new("lock table bucket in share mode"), new("select b.number, b.shard = s.number from bucket b, shard s") },
        };
        var here = new bool[Bucket.Count];
        var any = false;
        using (var rows = select.ExecuteReader())
        {
            for (; rows.Read(); any = true)
                here[rows.GetInt16(0)] = rows.GetBoolean(1);
        }

        transaction.Commit();
        return any ? here : null;
    }

    private static ShardMap Arrange(IReadOnlyList<PostgresSettings> shards)
    {
        using var source = shards[0].ForMigrations();
        using var first = source.OpenConnection();
        // Ends with the connection, which is not pooled.
        Execute(first, $"select pg_advisory_lock({Lock})");
        var place = ReadPlace(first);
        RefuseOthers(shards, 0, place, place);
        if (place is null)
        {
            if (shards.Count > 1 && !IsEmpty(first))
                throw new LedgerSchemaException($"The database {shards[0].Place} holds a ledger of one shard. It cannot be spread over {shards.Count} yet; nothing was changed.");
            place = new Place(0, shards.Count, Guid.NewGuid());
            WriteFirst(first, place);
        }

        for (var shard = 1; shard < shards.Count; shard++)
            Join(shards, shard, place, first);
        return shards.Count == 1 ? ShardMap.OfOne : ReadMap(first, shards.Count);
    }

    private static void Join(IReadOnlyList<PostgresSettings> shards, int shard, Place ledger, NpgsqlConnection first)
    {
        using var source = shards[shard].ForMigrations();
        using var connection = source.OpenConnection();
        var place = ReadPlace(connection);
        RefuseOthers(shards, shard, place, ledger);
        if (place is not null)
            return;
        if (!IsEmpty(connection))
            throw new LedgerSchemaException($"The database {shards[shard].Place} holds a ledger of its own, and cannot become shard {shard} of another. Nothing was changed.");
        Write(connection, ledger with { Number = shard }, ReadMap(first, shards.Count));
    }

    private static void RefuseOthers(IReadOnlyList<PostgresSettings> shards, int shard, Place? place, Place? ledger)
    {
        if (place is null)
            return;
        var name = shards[shard].Place;
        if (place.Number != shard || place.Ledger != ledger!.Ledger)
            throw new LedgerSchemaException(place.Ledger != ledger!.Ledger
                ? $"The database {name} belongs to another ledger than {shards[0].Place}. Nothing was changed."
                : $"The database {name} is shard {place.Number} of its ledger, and was given as shard {shard}: give the shards in their order. Nothing was changed.");
        if (place.Of != shards.Count)
            throw new LedgerSchemaException($"The ledger of {name} has {place.Of} {(place.Of == 1 ? "shard" : "shards")}, and {shards.Count} {(shards.Count == 1 ? "was" : "were")} given. Nothing was changed.");
    }

    private static void WriteFirst(NpgsqlConnection connection, Place place) => Write(connection, place, ShardMap.Spread(place.Of));

    private static void Write(NpgsqlConnection connection, Place place, ShardMap map)
    {
        using var transaction = connection.BeginTransaction();
        using var insert = new NpgsqlCommand("insert into shard (number, of, ledger) values ($1, $2, $3)", connection, transaction)
        {
            Parameters = { new() { Value = (short)place.Number }, new() { Value = (short)place.Of }, new() { Value = place.Ledger } },
        };
        insert.ExecuteNonQuery();
        if (map.Shards > 1)
        {
            using var buckets = new NpgsqlCommand("insert into bucket (number, shard, epoch) select b.number, b.shard, 1 from unnest($1, $2) as b(number, shard)", connection, transaction)
            {
                Parameters = { new() { Value = AllBuckets }, new() { Value = AllBuckets.Select(bucket => (short)map.ShardOf(bucket)).ToArray() } },
            };
            buckets.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private static ShardMap ReadMap(NpgsqlConnection connection, int shards) =>
        ShardMap.Of(connection.Each("select shard from bucket order by number", static row => (int)row.GetInt16(0)), shards);

    private static Place? ReadPlace(NpgsqlConnection connection) =>
        connection.Each("select number, of, ledger from shard", static row => new Place(row.GetInt16(0), row.GetInt16(1), row.GetGuid(2))) is [var place] ? place : null;

    private static bool IsEmpty(NpgsqlConnection connection) => connection.Each("select last_position from log_head", static row => row.GetInt64(0)) is [0];

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private sealed record Place(int Number, int Of, Guid Ledger);
}
