using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Metrics;

/// <summary>
/// <c>/metrics</c>: Prometheus text over a listener of the product's meters, and a few of the runtime's. Exposition format 0.0.4.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    private const string OwnPrefix = "Payments.";
    private const string RuntimeMeter = "System.Runtime";

    private static readonly string[] RuntimeInstruments =
    [
        "dotnet.process.memory.working_set", "dotnet.gc.heap.total_allocated", "dotnet.gc.pause.time", "dotnet.process.cpu.time",
        "dotnet.thread_pool.thread.count", "dotnet.thread_pool.queue.length", "dotnet.exceptions",
    ];

    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<(string Meter, string Name), MetricSeries> series = new();

    private readonly LedgerGauges gauges;
    private readonly Lock rendering = new();

    /// <param name="certificates">Asked for by the listener alone: here so that it is there.</param>
    public PrometheusText(LedgerGauges gauges, CertificateGauges certificates)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        this.gauges = gauges;
        listener.InstrumentPublished = Listen;
        listener.MeasurementsCompleted = (_, state) =>
        {
            if (state is MetricSeries ended)
                series.TryRemove(KeyValuePair.Create((ended.Meter, ended.Name), ended));
        };
        listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((MetricSeries)state!).Record(value, tags));
        listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((MetricSeries)state!).Record(value, tags));
        listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((MetricSeries)state!).Record(value, tags));
        listener.Start();
    }

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/metrics", Get);

    /// <summary>Every series as it stands now.</summary>
    public string Render()
    {
        lock (rendering)
        {
            foreach (var one in series.Values)
                one.Forget();
            listener.RecordObservableInstruments();
            var text = new StringBuilder();
            // A name stands in the text once, with what all its meters say.
            foreach (var named in series.Values.GroupBy(static one => one.Name).OrderBy(static named => named.Key, StringComparer.Ordinal))
                foreach (var (place, one) in named.OrderBy(static one => one.IsEmpty).ThenBy(static one => one.Meter, StringComparer.Ordinal).Index())
                    if (place == 0 || !one.IsEmpty)
                        one.WriteTo(text, isFirst: place == 0);
            return text.ToString();
        }
    }

    public void Dispose() => listener.Dispose();

    private void Listen(Instrument instrument, MeterListener on)
    {
        var isOwn = instrument.Meter.Name.StartsWith(OwnPrefix, StringComparison.Ordinal);
        if (!isOwn && (instrument.Meter.Name != RuntimeMeter || !RuntimeInstruments.Contains(instrument.Name)))
            return;
        var name = isOwn ? instrument.Name : RuntimeName(instrument);
        var one = MetricSeries.Of(instrument, name);
        // The newest instrument of a meter's name is the one that is in use.
        series[(one.Meter, name)] = one;
        on.EnableMeasurementEvents(instrument, one);
    }

    // Prometheus' names have units and no dots; a runtime counter ends in _total.
    private static string RuntimeName(Instrument instrument)
    {
        var unit = instrument.Unit switch { "By" => "_bytes", "s" => "_seconds", _ => "" };
        var total = instrument is ObservableCounter<long> or ObservableCounter<double> or Counter<long> ? "_total" : "";
        return instrument.Name.Replace('.', '_') + unit + total;
    }

    private async Task Get(HttpContext context)
    {
        await gauges.Read();
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.WriteAsync(Render());
    }
}
