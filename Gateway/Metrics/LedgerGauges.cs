using System.Diagnostics.Metrics;
using Ledger;
using Ledger.Shards;

namespace Gateway.Metrics;

/// <summary>
/// What the ledger's store knows and an operator watches. Instruments are asked without an await, so each scrape first reads what
/// they will say; where the store cannot be read, they say nothing.
/// </summary>
internal sealed class LedgerGauges : IDisposable
{
    private const string MeterName = "Payments.Gateway.Ledger";

    private readonly Meter meter = new(MeterName);
    private readonly ILedgerReader reader;
    private readonly EventConsumers consumers;
    private readonly LedgerShards shards;
    private readonly ProductClock clock;
    private Reading? reading;

    public LedgerGauges(ILedgerReader reader, EventConsumers consumers, LedgerShards shards, ProductClock clock)
    {
        (this.reader, this.consumers, this.shards, this.clock) = (reader, consumers, shards, clock);
        meter.CreateObservableGauge("events_lag_seconds", Lags, "s", "Age of the oldest event that the furthest consumer of a kind has not read; 0 where all is read.");
        meter.CreateObservableGauge("payments_unresolved", () => Measured(static now => now.Unresolved), "{payment}", "Payments whose outcome is unknown and being asked for.");
        meter.CreateObservableGauge(
            "payments_unresolved_oldest_seconds", () => Measured(static now => now.OldestUnresolvedSeconds), "s", "How long the oldest of them has waited; 0 where there is none.");
    }

    /// <summary>Reads what the instruments will say.</summary>
    public async ValueTask Read()
    {
        try
        {
            var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var unresolved = await reader.Unresolved();
            var lags = new List<(string Consumer, double Seconds)>();
            foreach (var (name, position) in consumers.FurthestBehind())
                lags.Add((name, position is { } read ? await LagSeconds(read, nowMs) : 0));
            reading = new Reading(unresolved.Count, unresolved.Count == 0 ? 0 : Seconds(nowMs - unresolved.OldestSinceMs), lags);
        }
        catch (LedgerStoreException)
        {
            reading = null;
        }
    }

    public void Dispose() => meter.Dispose();

    private static double Seconds(long milliseconds) => Math.Max(0, milliseconds) / 1_000.0;

    private async ValueTask<double> LagSeconds(LogCursor position, long nowMs)
    {
        if (position.Behind(shards.End) == 0)
            return 0;
        var next = await shards.RowsAfter(position, 1);
        return next.Count == 0 ? 0 : Seconds(nowMs - next[0].TimeMs);
    }

    private IEnumerable<Measurement<double>> Lags() =>
        reading?.Lags.Select(static lag => new Measurement<double>(lag.Seconds, new KeyValuePair<string, object?>("consumer", lag.Consumer))) ?? [];

    private IEnumerable<Measurement<double>> Measured(Func<Reading, double> value) => reading is { } now ? [new Measurement<double>(value(now))] : [];

    private sealed record Reading(long Unresolved, double OldestUnresolvedSeconds, IReadOnlyList<(string Consumer, double Seconds)> Lags);
}
