using System.Numerics;

namespace Silo.Embedded.Commands.DemoTraffic;

/// <summary>Latencies in buckets whose width grows with the value: 32 to a doubling, so at most 3 % wide, in constant memory.</summary>
internal sealed class LatencyCounts
{
    private const int StepBits = 5;
    private const int Steps = 1 << StepBits;

    private readonly long[] counts = new long[(64 - StepBits) * Steps];
    private long total;

    public long Max { get; private set; }

    public void Add(TimeSpan latency)
    {
        var microseconds = latency.Ticks / TimeSpan.TicksPerMicrosecond;
        Max = Math.Max(Max, microseconds);
        total++;
        counts[Bucket(microseconds)]++;
    }

    /// <summary>The latency in microseconds that so many in a thousand stay below.</summary>
    public long Quantile(int perMille)
    {
        var left = (total * perMille + 999) / 1_000;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            left -= counts[bucket];
            if (left <= 0 && total > 0)
                return Math.Min(Max, UpperEnd(bucket));
        }

        return 0;
    }

    private static int Bucket(long value)
    {
        if (value < Steps)
            return (int)value;
        var shift = BitOperations.Log2((ulong)value) - StepBits;
        return (shift + 1) * Steps + (int)((value >> shift) - Steps);
    }

    private static long UpperEnd(int bucket)
    {
        if (bucket < Steps)
            return bucket;
        var shift = bucket / Steps - 1;
        return ((long)(bucket % Steps + Steps + 1) << shift) - 1;
    }
}
