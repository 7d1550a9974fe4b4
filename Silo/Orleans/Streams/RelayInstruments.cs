using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Silo.Cluster.Streams;

/// <summary>What the relays of a silo measure, a shard.</summary>
internal sealed class RelayInstruments : IDisposable
{
    private const string MeterName = "Payments.Silo.Cluster.Streams";

    private readonly Meter meter = new(MeterName);
    private readonly ConcurrentDictionary<int, Func<long>> lags = new();
    private readonly Counter<long> relayed;
    private readonly Counter<long> dead;

    public RelayInstruments()
    {
        meter.CreateObservableGauge(
            "stream_relay_lag_events", () => lags.Select(static one => new Measurement<long>(one.Value(), Shard(one.Key))), "{event}", "Events of a shard that this silo relays and has not published.");
        relayed = meter.CreateCounter<long>("stream_events_relayed_total", "{event}", "Events that were published to the streams.");
        dead = meter.CreateCounter<long>("stream_dead_letters_total", "{event}", "Events that could not be published.");
    }

    public void Relayed(int shard, int events) => relayed.Add(events, Shard(shard));

    public void Buried(int shard) => dead.Add(1, Shard(shard));

    /// <summary>A shard is relayed here from now on.</summary>
    public void Begin(int shard, Func<long> lag) => lags[shard] = lag;

    public void End(int shard) => lags.TryRemove(shard, out _);

    public void Dispose() => meter.Dispose();

    private static KeyValuePair<string, object?> Shard(int shard) => new("shard", shard);
}
