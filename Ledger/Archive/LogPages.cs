namespace Ledger.Archive;

/// <summary>Rows of a page of the log, to the commits that they belong to.</summary>
internal static class LogPages
{
    /// <param name="rows">In order of position.</param>
    /// <param name="batches">In order of position.</param>
    public static IReadOnlyList<LogBatch> Split(IReadOnlyList<LogRow> rows, IReadOnlyList<(long First, long Last, byte[] Hash)> batches)
    {
        var (split, next) = (new List<LogBatch>(batches.Count), 0);
        foreach (var (first, last, hash) in batches)
        {
            var own = new List<LogRow>();
            for (; next < rows.Count && rows[next].Position <= last; next++)
                own.Add(rows[next]);
            split.Add(new LogBatch(first, last, hash, own));
        }

        return split;
    }
}
