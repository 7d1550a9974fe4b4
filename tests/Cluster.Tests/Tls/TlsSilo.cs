using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Silo.Cluster;
using Silo.Cluster.Tls;
using Silo.Cluster.Wire;
using Silo.Tests;

namespace Cluster.Tests.Tls;

/// <summary>A silo of probes in this process, and clients of it.</summary>
internal sealed class TlsSilo : IAsyncDisposable
{
    public const string ClusterName = "a-cluster-of-tests";

    private readonly IHost host;
    private readonly RecordingRelay relay;
    private readonly ClusterGrains grains = new(new ClusterGrainsOptions(), TimeProvider.System);

    private TlsSilo(TlsSettings? tls)
    {
        relay = new RecordingRelay(GatewayPort);
        grains.Know<IProbeGrain, IProbeGrainActor>();
        grains.Register<IProbeGrain>(key => new ProbeGrain(key, grains, World));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(grains);
        Secure(builder.Services, tls);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(SiloPort, relay.Port, serviceId: ClusterName, clusterId: ClusterName).AddGrains(grains.Options)
            // Clients are told of the relay.
            .Configure<EndpointOptions>(options => options.GatewayListeningEndpoint = new IPEndPoint(IPAddress.Loopback, GatewayPort)));
        host = builder.Build();
    }

    public ProbeWorld World { get; } = new();

    /// <summary>Where other silos come.</summary>
    public int SiloPort { get; } = ClusterProcess.FreePort();

    /// <summary>Where the silo listens for clients.</summary>
    public int GatewayPort { get; } = ClusterProcess.FreePort();

    public static async Task<TlsSilo> Start(TlsSettings? tls)
    {
        var silo = new TlsSilo(tls);
        await silo.host.StartAsync();
        return silo;
    }

    /// <summary>What clients and the silo said to each other.</summary>
    public byte[] Said => relay.Said;

    /// <summary>A client of this silo, not connected yet.</summary>
    public IHost Client(TlsSettings? tls) => Client(relay.Port, tls);

    /// <summary>A client of whatever listens at a port, not connected yet.</summary>
    public static IHost Client(int port, TlsSettings? tls)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        Secure(builder.Services, tls);
        builder.UseOrleansClient(client => client
            .Configure<ClusterOptions>(static options => (options.ClusterId, options.ServiceId) = (ClusterName, ClusterName))
            .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, port)));
        return builder.Build();
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(30));
        host.Dispose();
        relay.Dispose();
        grains.Dispose();
    }

    private static void Secure(IServiceCollection services, TlsSettings? tls)
    {
        Contracts.Add(services, typeof(Remark).Assembly);
        if (tls is not null)
            TlsHosting.AddClusterTls(services, tls, NullLogger.Instance);
    }
}
