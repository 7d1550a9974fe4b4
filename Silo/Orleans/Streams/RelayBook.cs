using Npgsql;

namespace Silo.Cluster.Streams;

/// <summary>A shard that this process relays, from a place on, while nobody took it since.</summary>
internal readonly record struct RelayLease(int Shard, long Fence, long Position);

/// <summary>A shard's relay as it stands in the database.</summary>
internal sealed record RelayPlace(int Shard, long Position, string Owner);

/// <summary>An event that could not be published.</summary>
internal sealed record DeadLetter(int Shard, long Position, string Reason, DateTime At, bool IsRequeued);

/// <summary>Where relays keep their places, which of them has which shard, and the dead letters: in the schema of the cluster.</summary>
internal sealed class RelayBook : IAsyncDisposable
{
    /// <summary>Dead letters that are read at a time.</summary>
    private const int PageLetters = 200;

    private const int CommandSeconds = 5;

    private readonly NpgsqlDataSource source;

    public RelayBook(string database) => source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { MaxPoolSize = 8, CommandTimeout = CommandSeconds });

    /// <summary>Takes a shard that nobody has, or whose relay gave no sign of life for as long as its lease was; null where another one has it.</summary>
    public async Task<RelayLease?> Take(int shard, string owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        await Rows("insert into stream_relay (shard) values ($1) on conflict do nothing", static _ => 0, [shard], cancellationToken);
        var taken = await Rows(
            "update stream_relay set owner = $2, fence = fence + 1, until = clock_timestamp() + $3 where shard = $1 and until < clock_timestamp() returning fence, position",
            row => new RelayLease(shard, row.GetInt64(0), row.GetInt64(1)), [shard, owner, lease], cancellationToken);
        return taken is [var one] ? one : null;
    }

    /// <summary>
    /// Moves the place of a shard onwards, never back, and keeps the shard for another while. A place that a crash of the database takes back
    /// is published again from, so this commit, and no other, need not wait for the disk.
    /// </summary>
    /// <returns>Whether there are dead letters to publish again; null where this relay does not have the shard any more.</returns>
    public async Task<bool?> Advance(RelayLease lease, long position, TimeSpan keep, CancellationToken cancellationToken) => await Rows(
        """
        update stream_relay set position = greatest(position, $3), until = clock_timestamp() + $4 where shard = $1 and fence = $2
        returning exists (select from stream_dead_letter letter where letter.shard = $1 and letter.requeued), set_config('synchronous_commit', 'off', true)
        """,
        static row => row.GetBoolean(0), [lease.Shard, lease.Fence, position, keep], cancellationToken) is [var requeued] ? requeued : null;

    /// <summary>Lets another relay have the shard.</summary>
    public Task<List<int>> Release(RelayLease lease, CancellationToken cancellationToken) =>
        Rows("update stream_relay set owner = '', until = '-infinity' where shard = $1 and fence = $2", static _ => 0, [lease.Shard, lease.Fence], cancellationToken);

    /// <summary>Goes on from another place, forwards or back, whoever has the shard.</summary>
    public async Task<bool> Move(int shard, long position, CancellationToken cancellationToken) => await Rows(
        "update stream_relay set position = $2, fence = fence + 1, owner = '', until = '-infinity' where shard = $1 returning 1", static _ => 0, [shard, position], cancellationToken) is [_];

    public Task<List<RelayPlace>> Places(CancellationToken cancellationToken) => Rows(
        "select shard, position, owner from stream_relay order by shard", static row => new RelayPlace(row.GetInt32(0), row.GetInt64(1), row.GetString(2)), [], cancellationToken);

    public Task<List<int>> Bury(int shard, long position, string reason, CancellationToken cancellationToken) => Rows(
        """
        insert into stream_dead_letter (shard, position, reason) values ($1, $2, $3)
        on conflict (shard, position) do update set reason = excluded.reason, requeued = false
        """,
        static _ => 0, [shard, position, reason], cancellationToken);

    /// <summary>Asks for a dead letter to be published again; false where there is none.</summary>
    public async Task<bool> Requeue(int shard, long position, CancellationToken cancellationToken) => await Rows(
        "update stream_dead_letter set requeued = true where shard = $1 and position = $2 returning 1", static _ => 0, [shard, position], cancellationToken) is [_];

    /// <summary>It was published after all.</summary>
    public Task<List<int>> Forget(int shard, long position, CancellationToken cancellationToken) =>
        Rows("delete from stream_dead_letter where shard = $1 and position = $2", static _ => 0, [shard, position], cancellationToken);

    /// <summary>The first dead letters by shard and position: all, or those of a shard that are to be published again.</summary>
    public Task<List<DeadLetter>> Letters(int? requeuedOf, CancellationToken cancellationToken) => Rows(
        "select shard, position, reason, at, requeued from stream_dead_letter where $1 < 0 or (requeued and shard = $1) order by shard, position limit $2",
        static row => new DeadLetter(row.GetInt32(0), row.GetInt64(1), row.GetString(2), row.GetDateTime(3), row.GetBoolean(4)), [requeuedOf ?? -1, PageLetters], cancellationToken);

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task<List<T>> Rows<T>(string sql, Func<NpgsqlDataReader, T> read, object[] values, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }
}
