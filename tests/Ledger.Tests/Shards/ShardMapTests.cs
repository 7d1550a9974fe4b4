using Grains.Interfaces.Values;
using Ledger.Shards;

namespace Ledger.Tests.Shards;

public sealed class ShardMapTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(ShardNumbers.MaxShards)]
    public void Each_shard_has_about_its_share(int shards)
    {
        var map = ShardMap.Spread(shards);
        var share = Bucket.Count / shards;
        for (var shard = 0; shard < shards; shard++)
            Assert.InRange(map.BucketsOf(shard), share * 6 / 10, share * 15 / 10);
        Assert.Equal(Bucket.Count, Enumerable.Range(0, shards).Sum(map.BucketsOf));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void One_more_shard_takes_from_all_and_moves_nothing_between_them(int shards)
    {
        var (before, after) = (ShardMap.Spread(shards), ShardMap.Spread(shards + 1));
        var moved = Enumerable.Range(0, Bucket.Count).Where(bucket => before.ShardOf(bucket) != after.ShardOf(bucket)).ToList();
        Assert.All(moved, bucket => Assert.Equal(shards, after.ShardOf(bucket)));
        Assert.Equal(shards, moved.Select(before.ShardOf).Distinct().Count());
        Assert.InRange(moved.Count, Bucket.Count / (shards + 1) * 8 / 10, Bucket.Count / (shards + 1) * 12 / 10);
    }

    [Fact]
    public void Accounts_of_one_shard_key_lie_together()
    {
        var map = ShardMap.Spread(16);
        for (var merchant = 0; merchant < 50; merchant++)
            Assert.Equal(map.ShardOf(AccountId.Parse($"merchant_{merchant}:balance")), map.ShardOf(AccountId.Parse($"merchant_{merchant}:pending:eur")));
    }

    [Fact]
    public void A_map_that_is_not_whole_or_names_no_shard_is_damage()
    {
        Assert.Throws<LedgerDamagedException>(() => ShardMap.Of(new int[Bucket.Count - 1], 2));
        Assert.Throws<LedgerDamagedException>(() => ShardMap.Of([.. Enumerable.Repeat(2, Bucket.Count)], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ShardMap.Spread(ShardNumbers.MaxShards + 1));
    }
}
