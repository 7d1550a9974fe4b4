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
    private int launched;

    private RunningCluster(string[] settings) => (database, this.settings) = (server.Server.NewDatabase(), settings);

    public string Database => database;

    public IReadOnlyList<ClusterProcess> Silos => [.. processes.Where(one => one != Gateway)];

    public ClusterProcess Gateway { get; private set; } = null!;

    /// <summary>Starts so many silos, one after the other, then a gateway; all are ready.</summary>
    /// <param name="settings">More of each one's command line.</param>
    public static async Task<RunningCluster> Start(int silos, params string[] settings)
    {
        var cluster = new RunningCluster(settings);
        try
        {
            await cluster.StartProcesses(silos);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills every process, and starts so many silos and a gateway on the same ledger, with nothing else of before.</summary>
    public async Task Restart(int silos)
    {
        foreach (var process in processes)
            await process.DisposeAsync();
        processes.Clear();
        await StartProcesses(silos);
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

    private async Task StartProcesses(int silos)
    {
        for (var silo = 0; silo < silos; silo++)
            await AddSilo();
        Gateway = Launch("Gateway");
        await Gateway.Ready();
    }

    private ClusterProcess Launch(string role)
    {
        var process = ClusterProcess.Launch(
        [
            "--role", role, "--ledger", database, "--data", data.CreateSubdirectory($"{role}-{launched++}").FullName,
            "--silo-port", $"{ClusterProcess.FreePort()}", "--gateway-port", $"{ClusterProcess.FreePort()}", .. settings,
        ]);
        processes.Add(process);
        return process;
    }
}
