using Bench;

namespace Cluster.Bench;

/// <summary>How much is measured: as in the other suites, but for times. What is measured here runs in several processes, each with a compiler of its own.</summary>
internal static class ClusterScale
{
    /// <summary>Callers that are tried where a contender is called by grain: the number with which it is fastest is measured.</summary>
    public static readonly int[] Callers = [16, 64, 256, 1_024];

    private static readonly TimeSpan QuickTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FullTime = TimeSpan.FromSeconds(2);

    public static BenchScale Of(bool quick) => quick
        ? BenchScale.Quick with { HttpTime = QuickTime, PeerTime = QuickTime, WarmUpPasses = 10 }
        : BenchScale.Full with { HttpTime = FullTime, PeerTime = FullTime, WarmUpPasses = 10 };
}
