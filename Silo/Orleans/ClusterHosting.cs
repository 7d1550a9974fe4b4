using System.Net;
using Gateway.Health;
using Npgsql;
using Orleans.Configuration;
using Silo.Cluster.Placement;
using Silo.Cluster.Wire;

namespace Silo.Cluster;

/// <summary>Puts Orleans into a process: a silo, or a client of the silos.</summary>
internal static class ClusterHosting
{
    private const string Invariant = "Npgsql";
    private const string ServiceId = "payments";
    private const int MaxForwards = 20;

    /// <summary>Seconds after which a client asks the database which silos there are, and one of them what is new.</summary>
    private const int GatewayListSeconds = 2;

    private static readonly TimeSpan ConnectAgain = TimeSpan.FromSeconds(1);

    /// <summary>The connection to Orleans' own tables, in a schema of their own beside a ledger's.</summary>
    public static string Database(string ledger) => new NpgsqlConnectionStringBuilder(ledger) { SearchPath = ClusterSettings.Schema, ApplicationName = "payments-cluster" }.ConnectionString;

    /// <summary>Joins the cluster as what the settings say.</summary>
    public static void AddCluster(this WebApplicationBuilder builder, ClusterSettings settings, ClusterGrains grains, string database)
    {
        var services = builder.Services;
        services.AddSingleton(grains).AddSingleton(settings);
        services.AddSingleton<IOutgoingGrainCallFilter, CallerFilter>();
        Contracts.Add(services);
        if (settings.IsSilo)
        {
            builder.UseOrleans(silo => Configure(silo, settings, grains, database));
            services.AddSingleton<ClusterInstruments>().AddSingleton<IReadinessCheck, SiloCheck>().AddHostedService<ShardMover>();
        }
        else
        {
            var check = new ClientCheck();
            builder.UseOrleansClient(client => Configure(client, settings, database, check));
            services.AddSingleton<IReadinessCheck>(check);
        }
    }

    private static void Configure(ISiloBuilder silo, ClusterSettings settings, ClusterGrains grains, string database)
    {
        var address = Dns.GetHostAddresses(settings.Advertise).First(static found => found.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork);
        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (settings.ClusterId, ServiceId));
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, database));
        // Where stream subscriptions are kept.
        silo.AddAdoNetGrainStorage("PubSubStore", options => (options.Invariant, options.ConnectionString) = (Invariant, database));
        silo.ConfigureEndpoints(address, settings.SiloPort, settings.GatewayPort, listenOnAnyHostAddress: !IPAddress.IsLoopback(address));
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromMilliseconds(settings.ResponseTimeoutMs));
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromMilliseconds(settings.ProbeMs);
            options.NumMissedProbesLimit = settings.MissedProbes;
            options.TableRefreshTimeout = TimeSpan.FromMilliseconds(settings.ProbeMs * 4);
            options.IAmAliveTablePublishTimeout = TimeSpan.FromMilliseconds(settings.ProbeMs * 4);
        });
        silo.AddGrains(grains.Options);
    }

    /// <summary>What a silo needs for the grains of this product, wherever its cluster is.</summary>
    internal static ISiloBuilder AddGrains(this ISiloBuilder silo, ClusterGrainsOptions grains) => silo
        // They are put to sleep by IdleShells; one that came from another silo and was never called here, by Orleans.
        .Configure<GrainCollectionOptions>(static options => options.CollectionAge = TimeSpan.FromHours(1))
        // Where grains are is remembered for as many as two silos keep awake, and not for a million.
        .Configure<GrainDirectoryOptions>(options => options.CacheSize = grains.MaxActivations * 2)
        // A call that meets its grain falling asleep is sent on; one that meets it more often than this is given up.
        .Configure<SiloMessagingOptions>(static options => options.MaxForwardCount = MaxForwards)
        .AddPlacementDirector<ShardPlacement, ShardPlacementDirector>()
        .AddActivityPropagation();

    /// <summary>Joins as a client, which the silos are asked by.</summary>
    internal static void Configure(IClientBuilder client, ClusterSettings settings, string database, ClientCheck check)
    {
        client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (settings.ClusterId, ServiceId));
        client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, database));
        client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromMilliseconds(settings.ResponseTimeoutMs));
        client.Configure<GatewayOptions>(static options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(GatewayListSeconds));
        // A client connects when it asks, and this is all that one asks that is out of rotation: else it would find new silos a minute late.
        client.Configure<TypeManagementOptions>(static options => options.TypeMapRefreshInterval = TimeSpan.FromSeconds(GatewayListSeconds));
        client.AddGatewayCountChangedHandler((_, change) => check.Silos = change.NumberOfConnectedGateways);
        client.UseConnectionRetryFilter(static async (_, cancellationToken) =>
        {
            await Task.Delay(ConnectAgain, cancellationToken);
            return true;
        });
        client.AddActivityPropagation();
    }
}
