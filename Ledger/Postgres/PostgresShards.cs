using System.Buffers.Binary;
using System.Security.Cryptography;
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
        var sources = shards.Select(static settings => settings.ForMigrations()).ToArray();
        var connections = new List<NpgsqlConnection>();
        try
        {
            connections.Add(sources[0].OpenConnection());
            // Ends with the connection, which is not pooled.
            Execute(connections[0], $"select pg_advisory_lock({Lock})");
            connections.AddRange(sources.Skip(1).Select(static source => source.OpenConnection()));
            var places = connections.ConvertAll(ReadPlace);
            // First all are looked at; only when none is refused, one is written.
            RefuseTwice(shards, connections);
            for (var shard = 0; shard < shards.Count; shard++)
                Check(shards, connections, places, shard);
            var ledger = places[0] ?? new Place(0, shards.Count, Guid.NewGuid());
            if (places[0] is null)
                Write(connections[0], ledger, ShardMap.Spread(ledger.Of));
            for (var shard = 1; shard < shards.Count; shard++)
                if (places[shard] is null)
                    Write(connections[shard], ledger with { Number = shard }, ReadMap(connections[0], shards.Count));
            return shards.Count == 1 ? ShardMap.OfOne : ReadMap(connections[0], shards.Count);
        }
        finally
        {
            foreach (var connection in connections)
                connection.Dispose();
            foreach (var source in sources)
                source.Dispose();
        }
    }

    private static void Check(IReadOnlyList<PostgresSettings> shards, List<NpgsqlConnection> connections, List<Place?> places, int shard)
    {
        RefuseOthers(shards, shard, places[shard], places[0]);
        if (places[shard] is not null || shards.Count == 1 || IsEmpty(connections[shard]))
            return;
        throw new LedgerSchemaException(shard == 0
            ? $"The database {shards[0].Place} holds a ledger of one shard. It cannot be spread over {shards.Count} yet; nothing was changed."
            : $"The database {shards[shard].Place} holds a ledger of its own, and cannot become shard {shard} of another. Nothing was changed.");
    }

    // One database may have two names: that it is the same, a lock says that nobody else can hold.
    private static void RefuseTwice(IReadOnlyList<PostgresSettings> shards, List<NpgsqlConnection> connections)
    {
        var marks = connections.ConvertAll(static _ => BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long))));
        for (var shard = 0; shard < shards.Count; shard++)
        {
            for (var other = 0; other < shard; other++)
                if (connections[shard].Each($"select pg_try_advisory_lock({marks[other]})", static row => row.GetBoolean(0)) is not [true])
                    throw new LedgerSchemaException($"The database {shards[shard].Place} was given twice, as shard {other} and as shard {shard}. Nothing was changed.");
            Execute(connections[shard], $"select pg_advisory_lock({marks[shard]})");
        }
    }

    private static void RefuseOthers(IReadOnlyList<PostgresSettings> shards, int shard, Place? place, Place? ledger)
    {
        if (place is null)
            return;
        var name = shards[shard].Place;
        if (place.Number != shard || place.Ledger != ledger?.Ledger)
            throw new LedgerSchemaException(place.Ledger != ledger?.Ledger
                ? $"The database {name} belongs to another ledger than {shards[0].Place}. Nothing was changed."
                : $"The database {name} is shard {place.Number} of its ledger, and was given as shard {shard}: give the shards in their order. Nothing was changed.");
        if (place.Of != shards.Count)
            throw new LedgerSchemaException($"The ledger of {name} has {place.Of} {(place.Of == 1 ? "shard" : "shards")}, and {shards.Count} {(shards.Count == 1 ? "was" : "were")} given. Nothing was changed.");
    }

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

    // A process that leased ids goes on with them: they would be another shard's.
    private static bool IsEmpty(NpgsqlConnection connection) =>
        connection.Each("select last_position = 0 and not exists (select 1 from lease) from log_head", static row => row.GetBoolean(0)) is [true];

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private sealed record Place(int Number, int Of, Guid Ledger);
}
