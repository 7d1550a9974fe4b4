using Grains.Interfaces.Values;
using Orleans.Placement;
using Orleans.Runtime.Placement;
using Silo.Cluster.Actors;

namespace Silo.Cluster.Placement;

/// <summary>Places a grain by its shard key alone.</summary>
[Serializable]
[GenerateSerializer]
internal sealed class ShardPlacement : PlacementStrategy;

/// <summary>The grain is placed by its shard key.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShardPlacementAttribute() : PlacementAttribute(new ShardPlacement());

/// <summary>
/// Rendezvous hashing of the shard key's bucket over the active silos: every silo comes to the same answer without a look-up, a merchant's
/// grains are together, and a silo that comes or goes moves its own share only.
/// </summary>
internal sealed class ShardPlacementDirector : IPlacementDirector
{
    private static readonly GrainType Entity = GrainType.Create(RiskEntityGrainShell.TypeName);

    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        Task.FromResult(SiloOf(BucketOf(target.GrainIdentity), context.GetCompatibleSilos(target)));

    /// <summary>The bucket of a grain: of the part of its key before the first colon; an address or a device is its own.</summary>
    public static int BucketOf(GrainId grain)
    {
        var key = grain.Key.ToString()!;
        var colon = grain.Type == Entity ? -1 : key.IndexOf(':', StringComparison.Ordinal);
        return Bucket.Of(colon < 0 ? key : key.AsSpan(0, colon));
    }

    /// <summary>The silo that has a bucket. By its address without its generation, so that one that restarts has its grains again.</summary>
    public static SiloAddress SiloOf(int bucket, IReadOnlyList<SiloAddress> silos)
    {
        var best = silos[0];
        for (var i = 1; i < silos.Count; i++)
        {
            var (score, bestScore) = (Score(bucket, silos[i]), Score(bucket, best));
            if (score > bestScore || (score == bestScore && silos[i].CompareTo(best) < 0))
                best = silos[i];
        }

        return best;
    }

    // SplitMix64's finalizer, as for the shards of the ledger: the same on every machine and in every release.
    private static ulong Score(int bucket, SiloAddress silo)
    {
        unchecked
        {
            var mixed = ((ulong)bucket * 0xD6E8FEB86659FD93UL) + OfAddress(silo);
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
            return mixed ^ (mixed >> 31);
        }
    }

    private static ulong OfAddress(SiloAddress silo)
    {
        unchecked
        {
            Span<byte> address = stackalloc byte[16];
            _ = silo.Endpoint.Address.TryWriteBytes(address, out var length);
            var hash = 14695981039346656037UL;
            foreach (var one in address[..length])
                hash = (hash ^ one) * 1099511628211UL;
            return (hash ^ (uint)silo.Endpoint.Port) * 0x9E3779B97F4A7C15UL;
        }
    }
}
