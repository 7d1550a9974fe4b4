using System.Diagnostics.Metrics;

namespace Ledger;

/// <summary>What the ledger measures, over all its shards. No account and no id is ever a label.</summary>
public sealed class LedgerInstruments : IDisposable
{
    public const string MeterName = "Payments.Ledger";

    private readonly Meter meter = new(MeterName);
    private readonly Histogram<double> commitSeconds;
    private readonly Histogram<int> batchPayments;
    private readonly Counter<long> refused;
    private volatile Func<int>[] queueDepths = [];

    public LedgerInstruments()
    {
        commitSeconds = meter.CreateHistogram<double>("ledger_commit_seconds", "s", "Time of one database transaction, to durable.");
        batchPayments = meter.CreateHistogram<int>("ledger_batch_payments", "{entry}", "Journal entries in one database transaction.");
        refused = meter.CreateCounter<long>("ledger_refused_total", "{entry}", "Journal entries that the commit refused, to be decided anew.");
        meter.CreateObservableGauge("ledger_queue_depth", QueueDepths, "{entry}", "Journal entries that wait for a commit, by shard where there are several.");
    }

    /// <summary>Adds the queue of one more shard, in their order.</summary>
    internal void AddQueue(Func<int> depth) => queueDepths = [.. queueDepths, depth];

    internal void Committed(TimeSpan duration, int entries, int refusedEntries)
    {
        commitSeconds.Record(duration.TotalSeconds);
        batchPayments.Record(entries);
        if (refusedEntries > 0)
            refused.Add(refusedEntries);
    }

    public void Dispose() => meter.Dispose();

    private IEnumerable<Measurement<int>> QueueDepths() => queueDepths is [var only]
        ? [new Measurement<int>(only())]
        : queueDepths.Select(static (depth, shard) => new Measurement<int>(depth(), new KeyValuePair<string, object?>("shard", shard)));
}
