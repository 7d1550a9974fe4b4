using Bench;

namespace Cluster.Bench;

/// <summary>Warms up what runs in other processes, whose compilers cannot be asked: until it gets no faster.</summary>
internal static class Settling
{
    /// <summary>A pass that was not faster by this factor than the best one before found everything ready.</summary>
    private const double Faster = 1.03;

    /// <summary>The fewest passes: what runs once a commit is compiled for good after so many commits.</summary>
    private const int LeastPasses = 3;

    /// <param name="passes">After so many it is left at that.</param>
    public static async Task Run(int passes, Func<Task<Sample>> pass)
    {
        var best = 0.0;
        for (var i = 0; i < passes; i++)
        {
            var sample = await pass();
            if (i + 1 >= LeastPasses && sample.PaymentsPerSecond < best * Faster)
                return;
            best = Math.Max(best, sample.PaymentsPerSecond);
        }
    }
}
