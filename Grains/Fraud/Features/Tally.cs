using System.Runtime.InteropServices;

namespace Grains.Fraud.Features;

/// <summary>How often each entity stands in a window, in all and declined; an entry lives as long as it does.</summary>
internal sealed class Tally
{
    private readonly Dictionary<long, Standing> standings = [];

    public int Distinct => standings.Count;

    public int DistinctDeclined { get; private set; }

    public bool Holds(long entity) => standings.ContainsKey(entity);

    public void Enter(long entity, bool declined)
    {
        ref var standing = ref CollectionsMarshal.GetValueRefOrAddDefault(standings, entity, out _);
        standing.All++;
        if (declined && ++standing.Declined == 1)
            DistinctDeclined++;
    }

    public void Leave(long entity, bool declined)
    {
        ref var standing = ref CollectionsMarshal.GetValueRefOrAddDefault(standings, entity, out _);
        standing.All--;
        if (declined && --standing.Declined == 0)
            DistinctDeclined--;
        if (standing.All == 0)
            standings.Remove(entity);
    }

    private struct Standing
    {
        public int All;
        public int Declined;
    }
}
