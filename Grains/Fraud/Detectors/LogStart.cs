using Ledger;

namespace Grains.Fraud.Detectors;

/// <summary>Where in a shard's log a window begins.</summary>
internal static class LogStart
{
    /// <summary>
    /// The position after which the rows of a window are, and at most so many: found in some twenty reads, since rows are in order of time
    /// but for a slack, which is read too.
    /// </summary>
    /// <param name="end">Of the log, for this purpose.</param>
    public static async Task<long> Since(ILedgerReader reader, long end, long sinceMs, int maxRows)
    {
        const long SlackMs = Features.WindowMs.Minute;
        var (low, high) = (Math.Max(0, end - maxRows), end);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            // Rows that the ledger let go of are missing: the next one tells.
            if (await reader.RowsAfter(middle, 1) is [var row] && row.TimeMs < sinceMs - SlackMs)
                low = Math.Max(middle + 1, Math.Min(row.Position, high));
            else
                high = middle;
        }

        return low;
    }
}
