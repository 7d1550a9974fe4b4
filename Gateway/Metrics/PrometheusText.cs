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
    private readonly ConcurrentDictionary<string, MetricSeries> series = new(StringComparer.Ordinal);

    private readonly LedgerGauges gauges;
    private readonly Lock rendering = new();

    public PrometheusText(LedgerGauges gauges)
    {
        this.gauges = gauges;
        listener.InstrumentPublished = Listen;
        listener.MeasurementsCompleted = (_, state) =>
        {
            if (state is MetricSeries ended)
                series.TryRemove(KeyValuePair.Create(ended.Name, ended));
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
            foreach (var one in series.Values.OrderBy(static one => one.Name, StringComparer.Ordinal))
                one.WriteTo(text);
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
        // A name stands in the text once: the newest instrument of it is the one that is in use.
        series[name] = one;
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
