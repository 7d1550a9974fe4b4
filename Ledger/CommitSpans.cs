using System.Diagnostics;
using Grains.Interfaces;

namespace Ledger;

/// <summary>What a commit shows of itself in the traces that waited for it: one span a trace, however many of its entries the batch had.</summary>
internal static class CommitSpans
{
    public const string Name = "ledger.commit";

    /// <param name="duration">Of the transaction, which has just ended.</param>
    public static void Record(List<JournalEntry> batch, TimeProvider timeProvider, TimeSpan duration)
    {
        if (!JourneyTrace.IsOn)
            return;
        var startedAt = timeProvider.GetUtcNow() - duration;
        Activity? last = null;
        foreach (var entry in batch)
        {
            if (entry.Waiting is not { } waiting || waiting == last)
                continue;
            last = waiting;
            using var span = JourneyTrace.Done(Name, waiting, startedAt);
            span?.SetTag("ledger.batch.entries", batch.Count);
            if (entry.Outcome != Refusal.None)
                span?.SetTag("ledger.refusal", entry.Outcome.ToString());
        }
    }
}
