using Ledger.Archive;
using Npgsql;

namespace Ledger.Postgres;

/// <summary>The log of a PostgreSQL ledger: what is committed never changes, so that no page needs the same moment as the one before.</summary>
internal sealed class PostgresArchiveSource : IArchiveSource
{
    private const long PageRows = 4_096;

    private const string SelectRows =
        $"""
        select {LogColumns.All}
        from (select first_position, last_position, first_ids, last_ids from batch where first_position between $1 and $2) b
        cross join lateral unnest(b.first_ids, b.last_ids) as r(first_id, last_id)
        join lateral (select * from log where id between r.first_id and r.last_id and position between b.first_position and b.last_position) l on true
        order by l.position
        """;

    private readonly NpgsqlDataSource source;
    private readonly NpgsqlConnection connection;

    public PostgresArchiveSource(PostgresSettings settings)
    {
        PostgresSchema.Read(settings).RequireCurrent();
        source = settings.ForAudits();
        connection = source.OpenConnection();
    }

    public PrunedLog Pruned => PostgresPruning.Read(connection);

    public long LastPosition => connection.One("select last_position from log_head", static row => row.GetInt64(0));

    public IReadOnlyList<LogBatch> After(long position)
    {
        var (page, length) = (new List<(long First, long Last, byte[] Hash)>(), 0L);
        foreach (var batch in connection.Each(
            "select first_position, last_position, hash from batch where first_position > $1 order by first_position limit 1000",
            static row => (First: row.GetInt64(0), Last: row.GetInt64(1), Hash: row.GetFieldValue<byte[]>(2)), position))
        {
            page.Add(batch);
            if ((length += batch.Last - batch.First + 1) >= PageRows)
                break;
        }

        return page.Count == 0 ? [] : LogPages.Split(connection.Each(SelectRows, LogColumns.Read, page[0].First, page[^1].First), page);
    }

    public void Dispose()
    {
        connection.Dispose();
        source.Dispose();
    }
}
