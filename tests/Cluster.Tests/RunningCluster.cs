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
    private readonly string[] arguments;
    private string? release;
    private int launched;

    private RunningCluster(string[] arguments) => (database, this.arguments) = (server.Server.NewDatabase(), arguments);

    public string Database => database;

    /// <summary>Where the database is, to be stopped and started again.</summary>
    public PostgresServer Server => server.Server;

    public IReadOnlyList<ClusterProcess> Silos => [.. processes.Where(one => one != Gateway)];

    public ClusterProcess Gateway { get; private set; } = null!;

    /// <summary>Starts so many silos, one after the other, then a gateway; all are ready.</summary>
    /// <param name="arguments">That every process gets, beside its own.</param>
    public static Task<RunningCluster> Start(int silos, params string[] arguments) => StartRelease(null, silos, arguments);

    /// <summary>As <see cref="Start"/>, with the processes of another release, whose assembly is named. What comes later is of this build.</summary>
    public static async Task<RunningCluster> StartRelease(string? release, int silos, params string[] arguments)
    {
        var cluster = new RunningCluster(arguments) { release = release };
        try
        {
            await cluster.StartProcesses(silos);
            cluster.release = null;
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
        var silo = Launch("Silo", arguments);
        await silo.Ready();
        return silo;
    }

    /// <summary>Starts one more process, and waits for nothing.</summary>
    public ClusterProcess Launch(string role, params string[] arguments)
    {
        var process = ClusterProcess.LaunchOther(release ?? ClusterProcess.Assembly, new Dictionary<string, string>(), [
            "--role", role, "--ledger", database, "--data", data.CreateSubdirectory($"{role}-{launched++}").FullName,
            "--silo-port", $"{ClusterProcess.FreePort()}", "--gateway-port", $"{ClusterProcess.FreePort()}", .. arguments]);
        processes.Add(process);
        return process;
    }

    /// <summary>Puts a silo of this build in the place of one: first the new one is ready, then the old one is told to stop.</summary>
    public async Task Replace(ClusterProcess silo)
    {
        await AddSilo();
        await Stop(silo);
    }

    /// <summary>As <see cref="Replace"/>, the gateway.</summary>
    public async Task ReplaceGateway()
    {
        var (before, after) = (Gateway, Launch("Gateway", arguments));
        await after.Ready();
        Gateway = after;
        await Stop(before);
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
        Gateway = Launch("Gateway", arguments);
        await Gateway.Ready();
    }

    private async Task Stop(ClusterProcess process)
    {
        Assert.Equal(0, await process.Terminate());
        await process.DisposeAsync();
        processes.Remove(process);
    }
}
