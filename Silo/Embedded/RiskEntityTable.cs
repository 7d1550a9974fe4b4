using System.Collections.Concurrent;
using Grains.Fraud.Entities;
using Grains.Interfaces.Fraud;

namespace Silo.Embedded;

/// <summary>
/// The grains of addresses and devices in one process: each is called by one caller at a time, in place. Their calls await nothing and
/// last a microsecond, a tenth of what a turn of its own costs. The table is bounded: beyond its capacity the half that was asked for
/// longest ago is forgotten.
/// </summary>
internal sealed class RiskEntityTable(int capacity = RiskEntityTable.DefaultCapacity)
{
    private const int DefaultCapacity = 200_000;

    private readonly ConcurrentDictionary<string, Entity> entities = new(StringComparer.Ordinal);
    private long calls;
    private int forgetting;

    public IRiskEntityGrain Get(string key)
    {
        var entity = entities.GetOrAdd(key, static key => new Entity(key));
        entity.LastCall = Interlocked.Increment(ref calls);
        // Counting a concurrent dictionary takes all its locks: now and then is enough.
        if ((entity.LastCall & 0xFFF) == 0 && entities.Count > capacity)
            Forget();
        return entity;
    }

    private void Forget()
    {
        if (Interlocked.Exchange(ref forgetting, 1) == 1)
            return;
        try
        {
            var byAge = entities.OrderBy(static pair => pair.Value.LastCall).Take(capacity / 2).Select(static pair => pair.Key).ToList();
            foreach (var key in byAge)
                entities.TryRemove(key, out _);
        }
        finally
        {
            Volatile.Write(ref forgetting, 0);
        }
    }

    private sealed class Entity(string key) : IRiskEntityGrain
    {
        private readonly Lock turn = new();
        private readonly RiskEntityGrain grain = new(key);

        public long LastCall { get; set; }

        public Task<EntityAnswer> See(EntitySighting sighting)
        {
            lock (turn)
                return grain.See(sighting);
        }
    }
}
