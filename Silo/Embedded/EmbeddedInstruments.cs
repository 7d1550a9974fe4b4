using System.Diagnostics.Metrics;

namespace Silo.Embedded;

/// <summary>What the grain host measures.</summary>
internal sealed class EmbeddedInstruments : IDisposable
{
    private const string MeterName = "Payments.Silo.Embedded";

    private readonly Meter meter = new(MeterName);

    public EmbeddedInstruments(EmbeddedGrains grains) =>
        meter.CreateObservableGauge("grains_active", () => grains.ActiveCount, "{grain}", "Grains that are awake, waking or going to sleep.");

    public void Dispose() => meter.Dispose();
}
