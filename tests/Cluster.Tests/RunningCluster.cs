using Npgsql;
using Servers;

namespace Cluster.Tests;

/// <summary>Silos and a gateway on one PostgreSQL server of their own.</summary>
public sealed class RunningCluster : IAsyncDisposable
{
    private readonly OwnServer server = TestPostgres.StartOwn();
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("payments-cluster-");
    private readonly string database;
    private readonly List<ClusterProcess> processes = [];

    private readonly string[] settings;

    private RunningCluster(string[] settings) => (database, this.settings) = (server.Server.NewDatabase(), settings);

    public string Database => database;

    public IReadOnlyList<ClusterProcess> Silos => [.. processes.Where(one => one != Gateway)];

    public ClusterProcess Gateway { get; private set; } = null!;

    /// <summary>Starts so many silos, one after the other, then a gateway; all are ready.</summary>
    /// <param name="settings">Of each process, as on its command line: <c>--NAME</c>, value, …</param>
    public static async Task<RunningCluster> Start(int silos, params string[] settings)
    {
        var cluster = new RunningCluster(settings);
        try
        {
            for (var silo = 0; silo < silos; silo++)
                await cluster.AddSilo();
            cluster.Gateway = cluster.Launch("Gateway");
            await cluster.Gateway.Ready();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async Task<ClusterProcess> AddSilo()
    {
        var silo = Launch("Silo");
        await silo.Ready();
        return silo;
    }

    public async Task Kill(ClusterProcess silo)
    {
        await silo.Kill();
        processes.Remove(silo);
    }

    /// <summary>One number from the ledger's database.</summary>
    public long Number(string sql)
    {
        using var connection = new NpgsqlConnection(database);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(command.ExecuteScalar());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
            await process.DisposeAsync();
        server.Dispose();
        data.Delete(recursive: true);
    }

    private ClusterProcess Launch(string role)
    {
        var process = ClusterProcess.Launch(
            [.. settings, "--role", role, "--ledger", database, "--data", data.CreateSubdirectory($"{role}-{processes.Count}").FullName,
            "--silo-port", $"{ClusterProcess.FreePort()}", "--gateway-port", $"{ClusterProcess.FreePort()}"]);
        processes.Add(process);
        return process;
    }
}
