using System.Diagnostics;
using Bench;
using Bench.Engine;

namespace Cluster.Bench;

/// <summary>Callers of grains in this process, each with one call in flight, as many as make the contender fastest.</summary>
/// <param name="pay">Pays from one account to another, however often that must be tried; it is acknowledged then.</param>
/// <param name="cpu">CPU time of all who make it.</param>
internal sealed class Callers(Func<int, int, Task> pay, Func<TimeSpan> cpu)
{
    private readonly Random[] randoms = [.. Enumerable.Range(1, ClusterScale.Callers.Max()).Select(static seed => new Random(seed))];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; } = ClusterScale.Callers[^1];

    /// <summary>Calls made so far, rounds and warm-up.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Wakes every account, warms up with the most callers, then keeps the number with which it is fastest.</summary>
    public async Task Prepare(BenchScale scale, CancellationToken cancellationToken)
    {
        await Parallel.ForAsync(0, BenchScale.Accounts, new ParallelOptions { MaxDegreeOfParallelism = BenchScale.PeerClients, CancellationToken = cancellationToken }, async (account, _) =>
            await pay(account, (account + (BenchScale.Accounts / 2)) % BenchScale.Accounts));
        Acknowledged += BenchScale.Accounts;
        await Settling.Run(scale.WarmUpPasses, () => Run(scale.PeerTime, cancellationToken));
        var best = 0.0;
        var fastest = Count;
        foreach (var count in ClusterScale.Callers)
        {
            Count = count;
            if (await Run(scale.PeerTime, cancellationToken) is var sample && sample.PaymentsPerSecond > best)
                (best, fastest) = (sample.PaymentsPerSecond, count);
        }

        Count = fastest;
    }

    public async Task<Sample> Run(TimeSpan time, CancellationToken cancellationToken)
    {
        var cpuBefore = cpu();
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(randoms.Take(Count).Select(random => Task.Run(
            async () =>
            {
                var count = 0L;
                for (; Stopwatch.GetElapsedTime(started) < time && !cancellationToken.IsCancellationRequested; count++)
                {
                    var (debtor, creditor) = AccountPairs.Uniform(random);
                    await pay(debtor, creditor);
                }

                return count;
            },
            cancellationToken)));
        cancellationToken.ThrowIfCancellationRequested();
        var elapsed = Stopwatch.GetElapsedTime(started);
        Acknowledged += counts.Sum();
        return new Sample(counts.Sum(), elapsed, cpu() - cpuBefore);
    }
}
