using System.Net;
using Silo.Cluster.Placement;
using Xunit.Abstractions;

namespace Cluster.Tests;

/// <summary>Where grains are: by the hash itself, and in a cluster that grows.</summary>
public sealed class PlacementTests(ITestOutputHelper log)
{
    private const int Merchants = 1_000;
    private static readonly GrainType Account = GrainType.Create("account");
    private static readonly GrainType Merchant = GrainType.Create("merchant");

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Merchants_spread_evenly_and_each_has_all_its_grains_on_one_silo(int count)
    {
        var silos = Silos(count);
        var perSilo = Enumerable.Range(0, Merchants).Select(merchant => Of(merchant, silos)).GroupBy(silo => silo).Select(group => group.Count()).ToList();

        log.WriteLine(string.Join(", ", perSilo));
        Assert.Equal(count, perSilo.Count);
        Assert.All(perSilo, share => Assert.InRange(share, 0.8 * Merchants / count, 1.2 * Merchants / count));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void One_more_silo_takes_its_share_and_moves_nothing_else(int count)
    {
        var (before, after) = (Silos(count), Silos(count + 1));
        var moved = Enumerable.Range(0, Merchants).Where(merchant => !Of(merchant, before).Equals(Of(merchant, after))).ToList();

        log.WriteLine($"{moved.Count} of {Merchants}");
        Assert.InRange(moved.Count, 0.8 * Merchants / (count + 1), 1.2 * Merchants / (count + 1));
        Assert.All(moved, merchant => Assert.Equal(after[^1], Of(merchant, after)));
    }

    [Fact]
    public void A_silo_that_restarts_has_its_grains_again() => Assert.All(
        Enumerable.Range(0, Merchants),
        merchant => Assert.Equal(Of(merchant, Silos(3, generation: 1)).Endpoint, Of(merchant, Silos(3, generation: 2)).Endpoint));

    // All of a merchant's, or it fails.
    private static SiloAddress Of(int merchant, SiloAddress[] silos)
    {
        GrainId[] grains = [GrainId.Create(Merchant, $"merchant_{merchant}"), GrainId.Create(Account, $"merchant_{merchant}:balance"), GrainId.Create(Account, $"merchant_{merchant}:reserve")];
        return Assert.Single(grains.Select(grain => ShardPlacementDirector.SiloOf(ShardPlacementDirector.BucketOf(grain), silos)).Distinct());
    }

    private static SiloAddress[] Silos(int count, int generation = 1) =>
        [.. Enumerable.Range(0, count).Select(silo => SiloAddress.New(IPAddress.Parse("10.0.0." + (silo + 1)), 11_111, generation))];
}
