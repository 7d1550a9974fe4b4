using Npgsql;
using Servers;

namespace Bench.Peers;

/// <summary>
/// The one PostgreSQL server of a run, started when it is first needed, or one that was given; with a database for the peers, and
/// more when they are asked for. On a given server they are dropped at the end.
/// </summary>
internal sealed class PostgresHost(string? binaries, ScratchDirectory scratch, string? given) : IAsyncDisposable
{
    /// <summary>As a production server would have it: checkpoints that are rare beside a run.</summary>
    private static readonly string[] Settings = ["shared_buffers=1GB", "max_wal_size=8GB", "checkpoint_timeout=15min", "max_connections=400"];

    private readonly string prefix = $"payments_bench_{Guid.NewGuid().ToString("N")[..8]}";
    private readonly List<string> databases = [];
    private PostgresServer? server;
    private string? peers;

    /// <summary>What the machine spends: this process, and the server where it is the run's own.</summary>
    public TimeSpan Cpu => CpuTime.OfThisProcess() + (server is null ? TimeSpan.Zero : CpuTime.OfTree(server.ProcessId));

    /// <summary>The peers' database, for so many clients that each keep their connection.</summary>
    public async Task<string> PeerConnection(int connections, CancellationToken cancellationToken)
    {
        peers ??= await MakePeers(cancellationToken);
        return $"{peers};Minimum Pool Size={connections};Maximum Pool Size={connections};Timeout=30;No Reset On Close=true";
    }

    /// <summary>A new database: empty, or a copy of one to which nobody is connected.</summary>
    public async Task<string> NewDatabase(string name, string? template, CancellationToken cancellationToken)
    {
        var database = $"{prefix}_{name}";
        var administration = await Administration(cancellationToken);
        await Execute(administration, $"create database {database}{(template is null ? "" : $" template {NameOf(template)}")}", cancellationToken);
        databases.Add(database);
        return new NpgsqlConnectionStringBuilder(administration) { Database = database }.ConnectionString;
    }

    public static async Task Execute(string connection, string sql, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { Pooling = false, CommandTimeout = 0 }.ConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (given is not null)
            foreach (var database in databases)
                await Execute(given, $"drop database if exists {database} with (force)", CancellationToken.None);
        server?.Dispose();
    }

    private static string NameOf(string connection) => new NpgsqlConnectionStringBuilder(connection).Database!;

    private async Task<string> Administration(CancellationToken cancellationToken)
    {
        if (given is not null)
            return given;
        server ??= await PostgresServer.Start(
            binaries ?? throw new InvalidOperationException("PostgreSQL is not installed (Debian: apt-get install postgresql); or give a server with --ledger \"Host=…\"."), scratch.New("postgres"), Settings, cancellationToken);
        return server.ConnectionString("postgres");
    }

    private async Task<string> MakePeers(CancellationToken cancellationToken)
    {
        var database = await NewDatabase("peers", null, cancellationToken);
        await Execute(database, Sql.Read("ForUpdate.sql", "schema"), cancellationToken);
        await Execute(database, "VACUUM ANALYZE account", cancellationToken);
        await Execute(database, Sql.Read("PlPgSql.sql", "schema"), cancellationToken);
        return database;
    }
}
