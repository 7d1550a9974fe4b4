using System.Diagnostics.Metrics;

namespace Grains.Fraud.Detectors;

/// <summary>What detectors measure. No account is ever a label.</summary>
internal sealed class DetectorInstruments : IDisposable
{
    public const string MeterName = "Payments.Fraud.Detectors";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> alerts;

    public DetectorInstruments(IEnumerable<string> detectors)
    {
        alerts = meter.CreateCounter<long>("fraud_alerts_raised_total", "{alert}", "Alerts that detectors raised in this process.");
        // So that each is there from the start.
        foreach (var detector in detectors)
            alerts.Add(0, new KeyValuePair<string, object?>("detector", detector));
    }

    public void Raised(string detector) => alerts.Add(1, new KeyValuePair<string, object?>("detector", detector));

    public void Dispose() => meter.Dispose();
}
