using Grains.Interfaces.Values;

namespace Ledger.Shards;

/// <summary>Which shard has each bucket. Stored with the ledger; a process reads it once, and the commits tell it when it is out of date.</summary>
public sealed class ShardMap
{
    private readonly byte[] shardOfBucket;

    private ShardMap(byte[] shardOfBucket, int shards) => (this.shardOfBucket, Shards) = (shardOfBucket, shards);

    /// <summary>Everything on one shard.</summary>
    public static ShardMap OfOne { get; } = new(new byte[Bucket.Count], 1);

    public int Shards { get; }

    /// <summary>
    /// Spreads the buckets over shards by consistent hashing: each bucket goes to the shard that scores highest for it, so that one
    /// more shard takes its share from all the others, and moves nothing between them.
    /// </summary>
    public static ShardMap Spread(int shards)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shards, ShardNumbers.MaxShards);
        var map = new byte[Bucket.Count];
        for (var bucket = 0; bucket < map.Length; bucket++)
            for (var shard = 1; shard < shards; shard++)
                if (Score(bucket, shard) > Score(bucket, map[bucket]))
                    map[bucket] = (byte)shard;
        return new ShardMap(map, shards);
    }

    /// <summary>A map as it was stored: the shard of each bucket, in order.</summary>
    /// <exception cref="LedgerDamagedException">It is not whole, or names a shard that there is not.</exception>
    public static ShardMap Of(IReadOnlyList<int> shardOfBucket, int shards)
    {
        if (shardOfBucket.Count != Bucket.Count)
            throw new LedgerDamagedException($"The map of buckets has {shardOfBucket.Count} of {Bucket.Count}.");
        if (shardOfBucket.Any(shard => shard < 0 || shard >= shards))
            throw new LedgerDamagedException($"The map of buckets names a shard beyond the {shards} that the ledger has.");
        return new ShardMap([.. shardOfBucket.Select(static shard => (byte)shard)], shards);
    }

    public int ShardOf(int bucket) => shardOfBucket[bucket];

    /// <summary>A system account is on every shard; what is asked of all of them begins at the first.</summary>
    public int ShardOf(AccountId account) => Shards == 1 || account.IsSystem ? 0 : shardOfBucket[Bucket.Of(account)];

    public int BucketsOf(int shard) => shardOfBucket.Count(owner => owner == shard);

    // SplitMix64's finalizer over both: the same on every machine and in every release.
    private static ulong Score(int bucket, int shard)
    {
        unchecked
        {
            var mixed = (((ulong)bucket << 8) + (uint)shard + 1) * 0x9E3779B97F4A7C15UL;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
            return mixed ^ (mixed >> 31);
        }
    }
}
