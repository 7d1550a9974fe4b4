using Servers;

namespace Bench.Peers;

/// <summary>The one PostgreSQL server of a run, started when the first baseline needs it, with the schema of them all.</summary>
internal sealed class PostgresHost(string binaries, ScratchDirectory scratch) : IDisposable
{
    private PostgresServer? server;

    public async Task<PostgresServer> Start(CancellationToken cancellationToken)
    {
        if (server is not null)
            return server;
        server = await PostgresServer.Start(binaries, scratch.New("postgres"), ["shared_buffers=512MB", "max_wal_size=4GB"], cancellationToken);
        await using var source = Npgsql.NpgsqlDataSource.Create(server.ConnectionString(1));
        await using var schema = source.CreateCommand(Sql.Read("ForUpdate.sql", "schema"));
        await schema.ExecuteNonQueryAsync(cancellationToken);
        await using var vacuum = source.CreateCommand("VACUUM ANALYZE account");
        await vacuum.ExecuteNonQueryAsync(cancellationToken);
        await using var function = source.CreateCommand(Sql.Read("PlPgSql.sql", "schema"));
        await function.ExecuteNonQueryAsync(cancellationToken);
        return server;
    }

    public void Dispose() => server?.Dispose();
}
