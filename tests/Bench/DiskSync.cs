using System.Diagnostics;

namespace Bench;

/// <summary>How long the disk takes to make a page durable: what no ledger can be faster than, a commit.</summary>
internal static class DiskSync
{
    private const int PageSize = 4_096;
    private const int SyncsARound = 40;

    public static Figure Measure(string directory, int rounds)
    {
        var figure = new Figure("fsync", "disk: write 4 KiB and fsync", "µs");
        using var file = new FileStream(Path.Combine(directory, "fsync"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[PageSize];
        for (var round = 0; round < rounds; round++)
        {
            var times = new double[SyncsARound];
            for (var i = 0; i < SyncsARound; i++)
            {
                var started = Stopwatch.GetTimestamp();
                file.Write(page);
                file.Flush(flushToDisk: true);
                times[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            }

            Array.Sort(times);
            figure.Values.Add(times[SyncsARound / 2]);
        }

        return figure;
    }
}
