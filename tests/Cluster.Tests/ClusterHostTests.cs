using System.Diagnostics;
using Grains.Interfaces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Silo.Cluster;
using Silo.Cluster.Wire;
using Silo.Tests;

namespace Cluster.Tests;

/// <summary>The grain host of the cluster edition keeps what every grain host promises, on one silo of Orleans.</summary>
public sealed class ClusterHostTests : GrainHostContract
{
    // Orleans hands a trace on where somebody listens to it, as the exporter of a deployment does.
    static ClusterHostTests() => ActivitySource.AddActivityListener(new ActivityListener
    {
        ShouldListenTo = static source => source.Name == "Microsoft.Orleans.Application",
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
    });

    protected override IProbeHost Start(ProbeWorld world, ProbeHostOptions options)
    {
        var time = new ManualTime();
        var grains = new ClusterGrains(new ClusterGrainsOptions { IdleAfter = options.IdleAfter, MaxActivations = options.MaxActivations }, time);
        grains.Know<IProbeGrain, IProbeGrainActor>();
        grains.Register<IProbeGrain>(key => new ProbeGrain(key, grains, world));
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(grains).AddSingleton<IOutgoingGrainCallFilter, CallerFilter>();
        Contracts.Add(builder.Services, typeof(Remark).Assembly);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(ClusterProcess.FreePort(), ClusterProcess.FreePort())
            .AddGrains(grains.Options));
        var host = builder.Build();
        host.StartAsync().GetAwaiter().GetResult();
        grains.Join(host.Services.GetRequiredService<IGrainFactory>());
        return new ProbeHost(host, grains, time);
    }

    private sealed class ProbeHost(IHost host, ClusterGrains grains, ManualTime time) : IProbeHost
    {
        public IGrains Grains => grains;

        public int ActiveCount => grains.ActiveCount;

        public void Advance(TimeSpan by) => time.Advance(by);

        public Task Drain(CancellationToken cancellationToken) => grains.Drain(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync().WaitAsync(Patience);
            host.Dispose();
            grains.Dispose();
        }
    }
}
