using System.Net;
using Gateway.Tests;
using Xunit.Abstractions;

namespace Cluster.Tests;

/// <summary>A cluster that grows: the thousand accounts of the sandbox, each a shard key of its own, on two silos and then on three.</summary>
public sealed class GrowthTests(ITestOutputHelper log)
{
    private const int Accounts = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_silo_that_is_added_takes_its_share_from_the_others()
    {
        await using var cluster = await RunningCluster.Start(silos: 2);
        using var bank = new Api(cluster.Gateway.Url, Keys.Bank, 512);
        await TouchAll(bank);
        var two = await Awake(cluster);
        log.WriteLine($"Two silos: {string.Join(", ", two)}");
        Assert.All(two, share => Assert.InRange(share, 0.8 * Accounts / 2, 1.2 * Accounts / 2));

        await cluster.AddSilo();
        // A call may still find a grain where it was, and wake it there: it is moved again at the next look.
        long[] three;
        var waited = TimeProvider.System.GetTimestamp();
        do
        {
            await TouchAll(bank);
            three = await Awake(cluster);
        }
        while (!Array.TrueForAll(three, IsFair) && TimeProvider.System.GetElapsedTime(waited) < Patience);
        var moved = await Sum(cluster, "grains_moved_total");
        log.WriteLine($"Three silos: {string.Join(", ", three)}; {moved} moved");
        Assert.All(three, share => Assert.True(IsFair(share), $"{share} of {Accounts} on one of three silos."));
        Assert.InRange(moved, 0.8 * Accounts / 3, 1.5 * Accounts / 3);
    }

    private static bool IsFair(long share) => share is >= Accounts * 8 / 30 and <= Accounts * 12 / 30;

    // Each account's grain, once; half of them pay the others.
    private static Task TouchAll(Api bank) => Parallel.ForEachAsync(Enumerable.Range(1, Accounts), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (account, _) =>
        (await bank.Post("/payments", SharedServer.Body($"sandbox_{account:0000}", $"sandbox_{1 + (account % Accounts):0000}", "0.01"), Guid.NewGuid().ToString())).Is(HttpStatusCode.Created));

    private static async Task<long[]> Awake(RunningCluster cluster) => await Task.WhenAll(cluster.Silos.Select(static silo => silo.Metric("grains_active")));

    private static async Task<long> Sum(RunningCluster cluster, string metric) => (await Task.WhenAll(cluster.Silos.Select(silo => silo.Metric(metric)))).Sum();
}
