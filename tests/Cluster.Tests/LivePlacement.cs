using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Silo.Cluster;
using Silo.Cluster.Placement;

namespace Cluster.Tests;

/// <summary>Where a running cluster's grains are, as its own silos tell a client that joined it.</summary>
internal sealed class LivePlacement : IAsyncDisposable
{
    private static readonly HashSet<string> Kinds = ["merchant", "account"];

    private readonly IHost host;
    private readonly IManagementGrain management;

    private LivePlacement(IHost host)
    {
        this.host = host;
        management = host.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
    }

    public static async Task<LivePlacement> Join(RunningCluster cluster)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client => client
            .Configure<ClusterOptions>(static options => (options.ClusterId, options.ServiceId) = ("payments", "payments"))
            .Configure<GatewayOptions>(static options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2))
            .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", ClusterHosting.Database(cluster.Database))));
        var host = builder.Build();
        await host.StartAsync();
        return new LivePlacement(host);
    }

    /// <summary>The silos that are active.</summary>
    public async Task<SiloAddress[]> Silos() => [.. (await management.GetHosts(onlyActive: true)).Keys];

    /// <summary>
    /// The silo of each of these merchants, where all its awake grains are on one and that is the one that the placement's function names; what
    /// is elsewhere in words.
    /// </summary>
    /// <param name="least">Grains of each that must be awake.</param>
    public async Task<(IReadOnlyDictionary<string, SiloAddress> Of, IReadOnlyList<string> Elsewhere)> Of(IReadOnlySet<string> merchants, SiloAddress[] silos, int least)
    {
        var grains = (await management.GetDetailedGrainStatistics()).Where(each => Kinds.Contains(each.GrainId.Type.ToString()!)).GroupBy(static each => MerchantOf(each.GrainId)).Where(each => merchants.Contains(each.Key));
        var found = new Dictionary<string, SiloAddress>();
        var elsewhere = new List<string>();
        foreach (var merchant in grains)
        {
            var places = merchant.Select(static grain => grain.SiloAddress).Distinct().ToList();
            var expected = ShardPlacementDirector.SiloOf(ShardPlacementDirector.BucketOf(merchant.First().GrainId), silos);
            // At two places at once, a grain would be counted twice.
            var count = merchant.Select(static grain => grain.GrainId).Distinct().Count();
            if (places is [var place] && place.Equals(expected) && count >= least && merchant.Count() == count)
                found.Add(merchant.Key, place);
            else
                elsewhere.Add($"{string.Join(", ", merchant.Select(static grain => $"{grain.GrainId} on {grain.SiloAddress}"))}; expected on {expected}");
        }

        return (found, elsewhere);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    // The shard key, read from the grain's key here and not by the code that is tested.
    private static string MerchantOf(GrainId grain) => grain.Key.ToString()!.Split(':')[0];
}
