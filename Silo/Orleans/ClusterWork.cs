using Silo.Embedded;

namespace Silo.Cluster;

/// <summary>What a process does while it is in the cluster: grains are found, and those of a silo get what is due.</summary>
internal sealed class ClusterWork(EmbeddedEdition edition, ClusterGrains grains, IGrainFactory cluster, ClusterSettings settings) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        grains.Join(cluster);
        if (settings.IsSilo)
            edition.StartDueWork();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => edition.StopDueWork(cancellationToken);
}
