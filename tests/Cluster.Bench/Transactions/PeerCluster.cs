using Bench;
using Bench.Peers;
using Cluster.Tests;
using Ledger.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Configuration;
using Orleans.Serialization.Configuration;
using Silo.Cluster;

namespace Cluster.Bench.Transactions;

/// <summary>Silos of the peer on one database, and this process as their client.</summary>
internal sealed class PeerCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly PostgresHost server;
    private readonly List<ClusterProcess> silos = [];
    private IHost? client;

    private PeerCluster(PostgresHost server) => this.server = server;

    public IGrainFactory Grains => client!.Services.GetRequiredService<IGrainFactory>();

    public TimeSpan Cpu => silos.Aggregate(server.Cpu, static (sum, silo) => sum + CpuTime.OfTree(silo.Id));

    /// <summary>A new database with Orleans' own tables.</summary>
    public static async Task<string> NewDatabase(PostgresHost server, CancellationToken cancellationToken)
    {
        // Statements stay prepared on their connections: the peer at its best.
        var database = new NpgsqlConnectionStringBuilder(ClusterHosting.Database(await server.NewDatabase("transactions", null, cancellationToken))) { MaxAutoPrepare = 20, NoResetOnClose = true };
        PostgresMigrator.Migrate(database.ConnectionString, typeof(ClusterGrains).Assembly, ClusterServer.Migrations);
        return database.ConnectionString;
    }

    /// <param name="name">Of the cluster: one of another name on the same database reads the same state.</param>
    public static async Task<PeerCluster> Start(PostgresHost server, string database, string name, int silos, CancellationToken cancellationToken)
    {
        var cluster = new PeerCluster(server);
        try
        {
            for (var silo = 0; silo < silos; silo++)
            {
                cluster.silos.Add(ClusterProcess.LaunchOther(
                    typeof(PeerCluster).Assembly.Location, new Dictionary<string, string>(), PeerSilo.Verb, "--database", database, "--cluster", name, "--silo-port", $"{ClusterProcess.FreePort()}", "--gateway-port", $"{ClusterProcess.FreePort()}"));
                await cluster.silos[^1].Ready();
            }

            await cluster.Connect(database, name, cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGTERM to all.</summary>
    public async Task End(CancellationToken cancellationToken)
    {
        await client!.StopAsync(cancellationToken);
        foreach (var silo in silos)
            if (await silo.Terminate() is not 0 and var code)
                throw new InvalidOperationException($"A silo of the peer ended with code {code}:\n{silo.Said}");
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        foreach (var silo in silos)
            await silo.DisposeAsync();
    }

    private async Task Connect(string database, string name, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(orleans => orleans
            .Configure<ClusterOptions>(options => PeerSilo.Identify(options, name))
            .Configure<TypeManifestOptions>(PeerSilo.Analyze)
            .Configure<ClientMessagingOptions>(static options => options.ResponseTimeout = Patience)
            .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (PeerSilo.Invariant, database))
            .UseTransactions());
        client = builder.Build();
        await client.StartAsync(cancellationToken);
    }
}
