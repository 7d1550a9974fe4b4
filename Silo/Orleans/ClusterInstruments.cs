using System.Diagnostics.Metrics;

namespace Silo.Cluster;

/// <summary>What the grain host of a silo measures.</summary>
internal sealed class ClusterInstruments : IDisposable
{
    private const string MeterName = "Payments.Silo.Cluster";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> moved;

    public ClusterInstruments(ClusterGrains grains)
    {
        meter.CreateObservableGauge("grains_active", () => grains.ActiveCount, "{grain}", "Grains that are awake, waking or going to sleep.");
        moved = meter.CreateCounter<long>("grains_moved_total", "{grain}", "Grains that went to the silo where they belong.");
    }

    public void Moved(int grains) => moved.Add(grains);

    public void Dispose() => meter.Dispose();
}
