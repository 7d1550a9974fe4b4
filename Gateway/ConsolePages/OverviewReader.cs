using Gateway.Keys;
using Ledger;
using Ledger.Shards;

namespace Gateway.ConsolePages;

/// <summary>Puts the overview together: counts from the ledger's tally, the rest from this process.</summary>
internal sealed class OverviewReader(ILedgerReader reader, LedgerShards shards, LatencyWindow latency, AttentionList attention, ProductClock clock)
{
    /// <summary>What the chart draws.</summary>
    private const int HistorySeconds = 600;

    private const int HourSeconds = 3_600;

    /// <summary>A second's count may still change so long after it, for a commit may be slow; the sandbox can make it a minute.</summary>
    private const int LateSeconds = 75;

    /// <param name="lastSecond">The second that the caller was told last; null for the first time.</param>
    public async ValueTask<Overview> Read(Caller caller, long? lastSecond)
    {
        var time = clock.GetUtcNow();
        var now = time.ToUnixTimeSeconds();
        var from = Math.Max(now - HistorySeconds, (lastSecond ?? 0) - LateSeconds);
        var tally = await reader.Tally(caller.Scope, from);
        var lastHour = await reader.CountPayments(caller.Scope, now - HourSeconds, long.MaxValue);
        var hourBefore = await reader.CountPayments(caller.Scope, now - (2 * HourSeconds), now - HourSeconds);
        return new Overview
        {
            Time = time,
            Tally = tally,
            PaymentsPerSecond = tally.Seconds.FirstOrDefault(second => second.Second == now - 1).Payments.All,
            LastHour = lastHour,
            HourBefore = hourBefore,
            LatencyMs = latency.Read(),
            QueueDepth = shards.QueueDepth,
            QueueLimit = shards.QueueLimit,
            Attention = await attention.Read(caller, lastHour, hourBefore),
            IsFirst = lastSecond is null,
        };
    }
}
