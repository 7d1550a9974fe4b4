using System.Reflection;
using Bench;
using Bench.Engine;
using Cluster.Tests;
using Npgsql;

namespace Cluster.Bench;

/// <summary>The product as it is started, on a ledger of its own: one process of the embedded edition; or silos of the cluster edition, and a gateway where one is asked for.</summary>
internal sealed class ProductProcesses : IAsyncDisposable
{
    /// <summary>As the other suites have it: payments are not judged, and nothing is there but the bench's accounts.</summary>
    private static readonly Dictionary<string, string> Settings = new() { ["Payments__Fraud__IsEnabled"] = "false", ["Payments__Gateway__Sandbox"] = "false" };

    private static readonly string Embedded = typeof(ProductProcesses).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static data => data.Key == "Embedded").Value!;

    private readonly ClusterLedgers ledgers;
    private readonly List<ClusterProcess> processes = [];

    private ProductProcesses(ClusterLedgers ledgers, string ledger) => (this.ledgers, Ledger) = (ledgers, ledger);

    /// <summary>The database.</summary>
    public string Ledger { get; }

    /// <summary>Where payments are taken over HTTP: by the process that was started last.</summary>
    public Uri Url => processes[^1].Url;

    /// <summary>CPU time of these processes, of the database's server and of this process.</summary>
    public TimeSpan Cpu => processes.Aggregate(ledgers.Server.Cpu, static (sum, process) => sum + CpuTime.OfTree(process.Id));

    public static async Task<ProductProcesses> StartEmbedded(ClusterLedgers ledgers, CancellationToken cancellationToken)
    {
        var product = new ProductProcesses(ledgers, await ledgers.New("embedded", cancellationToken));
        await product.Start(Embedded, []);
        return product;
    }

    public static async Task<ProductProcesses> StartCluster(ClusterLedgers ledgers, string name, int silos, bool gateway, CancellationToken cancellationToken)
    {
        var product = new ProductProcesses(ledgers, await ledgers.New(name, cancellationToken));
        for (var silo = 0; silo < silos; silo++)
            await product.Start(ClusterProcess.Assembly, ["--role", "Silo", "--silo-port", $"{ClusterProcess.FreePort()}", "--gateway-port", $"{ClusterProcess.FreePort()}"]);
        if (gateway)
            await product.Start(ClusterProcess.Assembly, ["--role", "Gateway"]);
        return product;
    }

    /// <summary>Ends all in good order, the gateway first; throws where the ledger has other payments than were acknowledged, or money came or went.</summary>
    public async Task Check(long acknowledged, CancellationToken cancellationToken)
    {
        foreach (var process in Enumerable.Reverse(processes))
            if (await process.Terminate() is not 0 and var code)
                throw new InvalidOperationException($"A process of the product ended with code {code}:\n{process.Said}");
        await using var source = NpgsqlDataSource.Create(Ledger);
        if (await Number($"select count(*) from log where type = 1 and amount = {EngineAccounts.Amount}") is var recorded && recorded != acknowledged)
            throw new InvalidOperationException($"{acknowledged} payments were acknowledged, and the ledger has {recorded}.");
        if (await Number("select sum(credits_posted - debits_posted) from counters") is not 0 and var sum)
            throw new InvalidOperationException($"The ledger's accounts sum to {sum}.");

        async Task<long> Number(string sql)
        {
            await using var command = source.CreateCommand(sql);
            return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
            await process.DisposeAsync();
    }

    private async Task Start(string assembly, string[] arguments)
    {
        var process = ClusterProcess.LaunchOther(assembly, Settings, ["--ledger", Ledger, "--data", ledgers.Scratch.New("data"), .. arguments]);
        processes.Add(process);
        try
        {
            await process.Ready();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }
}
