using System.Diagnostics.Metrics;
using System.Globalization;
using Gateway.Metrics;

namespace Gateway.ConsolePages;

/// <summary>
/// How long payments took within the last minute, from <c>payment_duration_seconds</c>: counts in buckets that grow by an eighth,
/// in slices of ten seconds of which the oldest is forgotten.
/// </summary>
internal sealed class LatencyWindow : IDisposable
{
    private const int SliceSeconds = 10;
    private const int Slices = 7;
    private const int Buckets = 112;
    private const double FirstBoundSeconds = 0.000_05;
    private const double Growth = 1.125;

    private static readonly double LogGrowth = Math.Log(Growth);

    private readonly MeterListener listener = new();
    private readonly TimeProvider timeProvider;
    private readonly long started;
    private readonly Slice[] slices = [.. Enumerable.Range(0, Slices).Select(static _ => new Slice())];

    public LatencyWindow(TimeProvider timeProvider)
    {
        this.timeProvider = timeProvider;
        started = timeProvider.GetTimestamp();
        listener.InstrumentPublished = static (instrument, on) =>
        {
            if (instrument.Meter.Name == GatewayInstruments.MeterName && instrument.Name == "payment_duration_seconds")
                on.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => Record(seconds));
        listener.Start();
    }

    public void Record(double seconds)
    {
        var number = SliceNumber();
        var slice = slices[number % Slices];
        slice.Begin(number);
        Interlocked.Increment(ref slice.Counts[Bucket(seconds)]);
    }

    /// <summary>The median and the 99th percentile, in milliseconds; null where nothing was measured.</summary>
    public (string P50, string P99)? Read()
    {
        var newest = SliceNumber();
        var counts = new long[Buckets];
        foreach (var slice in slices)
            if (slice.Number > newest - Slices && slice.Number <= newest)
                for (var i = 0; i < Buckets; i++)
                    counts[i] += Interlocked.Read(ref slice.Counts[i]);
        var all = counts.Sum();
        return all == 0 ? null : (Percentile(counts, all, 0.50), Percentile(counts, all, 0.99));
    }

    public void Dispose() => listener.Dispose();

    private long SliceNumber() => (long)timeProvider.GetElapsedTime(started).TotalSeconds / SliceSeconds;

    private static int Bucket(double seconds) =>
        seconds <= FirstBoundSeconds ? 0 : Math.Min(Buckets - 1, 1 + (int)(Math.Log(seconds / FirstBoundSeconds) / LogGrowth));

    // The middle of the bucket in which the percentile falls: at most a sixteenth off.
    private static string Percentile(long[] counts, long all, double percentile)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(all * percentile));
        var bucket = 0;
        for (long seen = counts[0]; seen < rank; seen += counts[bucket])
            bucket++;
        var ms = FirstBoundSeconds * Math.Pow(Growth, bucket - 0.5) * 1_000;
        return ms.ToString(ms < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);
    }

    private sealed class Slice
    {
        private readonly Lock gate = new();
        private long number = -1;

        public long[] Counts { get; } = new long[Buckets];

        public long Number => Interlocked.Read(ref number);

        // A measurement that races the change of slices may be lost; it is one of a minute's.
        public void Begin(long next)
        {
            if (Number == next)
                return;
            lock (gate)
            {
                if (number == next)
                    return;
                Array.Clear(Counts);
                Interlocked.Exchange(ref number, next);
            }
        }
    }
}
