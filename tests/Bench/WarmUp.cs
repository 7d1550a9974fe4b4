using System.Runtime;

namespace Bench;

/// <summary>
/// Runs what is to be measured until the compiler has nothing left to do for it: code is compiled anew, in the background, after
/// it ran for a while, and twice. A contender that came too early would be measured with its compiler.
/// </summary>
internal static class WarmUp
{
    /// <summary>A pass that compiled so few methods again found everything compiled for good; some are always on their way.</summary>
    private const int Few = 15;

    /// <summary>Longer than the runtime waits before it counts calls.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    /// <param name="passes">After so many it is left at that.</param>
    public static async Task Run(int passes, Func<Task> pass, CancellationToken cancellationToken)
    {
        for (var i = 0; i < passes; i++)
        {
            var before = JitInfo.GetCompiledMethodCount();
            await pass();
            await CompilerRests(cancellationToken);
            if (JitInfo.GetCompiledMethodCount() - before <= Few)
                return;
        }
    }

    private static async Task CompilerRests(CancellationToken cancellationToken)
    {
        long before;
        do
        {
            before = JitInfo.GetCompiledMethodCount();
            await Task.Delay(Pause, cancellationToken);
        }
        while (JitInfo.GetCompiledMethodCount() - before > Few);
    }
}
