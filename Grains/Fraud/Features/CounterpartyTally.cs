using System.Runtime.InteropServices;

namespace Grains.Fraud.Features;

/// <summary>How often each counterparty stands in the day, the 30 days and the 90 days; an entry lives as long as it stands in one.</summary>
internal sealed class CounterpartyTally
{
    private readonly Dictionary<long, Standing> standings = [];

    public int DistinctDay { get; private set; }

    public int DistinctMonth { get; private set; }

    public int InQuarter(long counterparty) => standings.TryGetValue(counterparty, out var standing) ? standing.Quarter : 0;

    /// <summary>It enters all three at once: one look for it instead of three.</summary>
    public void EnterAll(long counterparty)
    {
        ref var standing = ref Find(counterparty);
        standing.Quarter++;
        DistinctDay += Turned(++standing.Day, 1);
        DistinctMonth += Turned(++standing.Month, 1);
    }

    /// <param name="by">1 as it enters the window, −1 as it leaves.</param>
    public void Day(long counterparty, int by)
    {
        ref var standing = ref Find(counterparty);
        standing.Day += by;
        DistinctDay += Turned(standing.Day, by);
        Forget(counterparty, standing);
    }

    public void Month(long counterparty, int by)
    {
        ref var standing = ref Find(counterparty);
        standing.Month += by;
        DistinctMonth += Turned(standing.Month, by);
        Forget(counterparty, standing);
    }

    public void Quarter(long counterparty, int by)
    {
        ref var standing = ref Find(counterparty);
        standing.Quarter += by;
        Forget(counterparty, standing);
    }

    /// <summary>1 where the count came from none, −1 where it went to none.</summary>
    private static int Turned(int count, int by) => by > 0 ? (count == 1 ? 1 : 0) : (count == 0 ? -1 : 0);

    private ref Standing Find(long counterparty) => ref CollectionsMarshal.GetValueRefOrAddDefault(standings, counterparty, out _);

    private void Forget(long counterparty, Standing standing)
    {
        if (standing is { Day: 0, Month: 0, Quarter: 0 })
            standings.Remove(counterparty);
    }

    private struct Standing
    {
        public int Day;
        public int Month;
        public int Quarter;
    }
}
