using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Gateway.Metrics;

/// <summary>One instrument's values, by labels, as they are told and as Prometheus text.</summary>
internal abstract class MetricSeries(Instrument instrument, string name, string type)
{
    public string Name => name;

    public string Meter => instrument.Meter.Name;

    public abstract void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags);

    /// <summary>Whether nothing was told yet.</summary>
    public virtual bool IsEmpty => false;

    /// <summary>Lets go of what is asked for anew each time: what is not told any more is not there any more.</summary>
    public virtual void Forget()
    {
    }

    /// <param name="isFirst">Whether nothing of its name stands in the text yet.</param>
    public void WriteTo(StringBuilder text, bool isFirst)
    {
        if (isFirst)
            WriteHead(text);
        WriteValues(text);
    }

    private void WriteHead(StringBuilder text)
    {
        text.Append("# HELP ").Append(name).Append(' ').Append((instrument.Description ?? name).Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal)).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    public static MetricSeries Of(Instrument instrument, string name) => instrument switch
    {
        Histogram<double> or Histogram<int> or Histogram<long> => new HistogramSeries(instrument, name),
        ObservableCounter<long> or ObservableCounter<double> or ObservableUpDownCounter<long> or ObservableGauge<int> or ObservableGauge<long> or ObservableGauge<double> =>
            new LastValueSeries(instrument, name, instrument is ObservableCounter<long> or ObservableCounter<double> ? "counter" : "gauge"),
        _ => new SumSeries(instrument, name, instrument is UpDownCounter<int> or UpDownCounter<long> ? "gauge" : "counter"),
    };

    protected abstract void WriteValues(StringBuilder text);

    protected static void Append(StringBuilder text, string name, string labels, double value) =>
        text.Append(name).Append(labels.Length == 0 ? "" : $"{{{labels}}}").Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');

    protected static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var labels = new StringBuilder();
        foreach (var (label, value) in tags)
        {
            if (labels.Length > 0)
                labels.Append(',');
            labels.Append(label.Replace('.', '_')).Append("=\"")
                .Append((value?.ToString() ?? "").Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }

        return labels.ToString();
    }
}

/// <summary>A counter that is told each step.</summary>
internal sealed class SumSeries(Instrument instrument, string name, string type) : MetricSeries(instrument, name, type)
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, double> sums = new(StringComparer.Ordinal);

    public override bool IsEmpty
    {
        get
        {
            lock (gate)
                return sums.Count == 0;
        }
    }

    public override void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        lock (gate)
            sums[labels] = sums.GetValueOrDefault(labels) + value;
    }

    protected override void WriteValues(StringBuilder text)
    {
        lock (gate)
        {
            if (sums.Count == 0)
                Append(text, Name, "", 0);
            foreach (var (labels, sum) in sums)
                Append(text, Name, labels, sum);
        }
    }
}

/// <summary>A value that is asked for when it is wanted.</summary>
internal sealed class LastValueSeries(Instrument instrument, string name, string type) : MetricSeries(instrument, name, type)
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, double> values = new(StringComparer.Ordinal);

    public override void Forget()
    {
        lock (gate)
            values.Clear();
    }

    public override void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        lock (gate)
            values[labels] = value;
    }

    protected override void WriteValues(StringBuilder text)
    {
        lock (gate)
            foreach (var (labels, value) in values)
                Append(text, Name, labels, value);
    }
}

/// <summary>A histogram without labels; counting one value takes no lock.</summary>
internal sealed class HistogramSeries : MetricSeries
{
    private static readonly double[] Seconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] Counts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

    private readonly double[] bounds;
    private readonly long[] counts;
    private long sumNanos;

    public HistogramSeries(Instrument instrument, string name)
        : base(instrument, name, "histogram")
    {
        bounds = instrument.Unit == "s" ? Seconds : Counts;
        counts = new long[bounds.Length + 1];
    }

    public override void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
            bucket++;
        Interlocked.Increment(ref counts[bucket]);
        // Fixed point: doubles have no atomic addition. Nine decimals are enough for seconds, and 63 bits for centuries of them.
        Interlocked.Add(ref sumNanos, (long)(value * 1e9));
    }

    protected override void WriteValues(StringBuilder text)
    {
        long total = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            total += Interlocked.Read(ref counts[i]);
            var bound = i == bounds.Length ? "+Inf" : bounds[i].ToString("R", CultureInfo.InvariantCulture);
            Append(text, Name + "_bucket", $"le=\"{bound}\"", total);
        }

        Append(text, Name + "_sum", "", Interlocked.Read(ref sumNanos) / 1e9);
        Append(text, Name + "_count", "", total);
    }
}
