using System.Collections.Concurrent;
using Grains.Fraud.Entities;
using Grains.Interfaces.Fraud;

namespace Silo.Embedded;

/// <summary>
/// The grains of addresses and devices in one process: each is called by one caller at a time, in place. Their calls await nothing and
/// last a microsecond, a tenth of what a turn of its own costs. The table is bounded: beyond its capacity the half that was asked for
/// longest ago is forgotten. Until what the log has of its windows is told again (<see cref="EntityRecall"/>), it takes in what it is
/// asked and answers that it does not know.
/// </summary>
internal sealed class RiskEntityTable(int capacity = RiskEntityTable.DefaultCapacity)
{
    private const int DefaultCapacity = 200_000;

    private readonly ConcurrentDictionary<string, Entity> entities = new(StringComparer.Ordinal);
    private long calls;
    private int forgetting;
    private volatile bool isWhole;

    /// <summary>Whether what was seen before the process began is known, as far as windows reach.</summary>
    public bool IsWhole
    {
        get => isWhole;
        set => isWhole = value;
    }

    public IRiskEntityGrain Get(string key) => Find(key);

    /// <summary>What an entity saw before the process began.</summary>
    public void Recall(string key, EntitySighting sighting) => Find(key).Recall(sighting);

    private Entity Find(string key)
    {
        var entity = entities.GetOrAdd(key, static (key, table) => new Entity(key, table), this);
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

    private sealed class Entity(string key, RiskEntityTable table) : IRiskEntityGrain
    {
        private static readonly Task<EntityAnswer> NotKnown = Task.FromResult(new EntityAnswer((int?)null));

        private readonly Lock turn = new();
        private readonly RiskEntityGrain grain = new(key);

        public long LastCall { get; set; }

        public Task<EntityAnswer> See(EntitySighting sighting)
        {
            // Looked at first: an answer of which something was missing while it was made is none.
            var isWhole = table.IsWhole;
            lock (turn)
            {
                var answer = grain.See(sighting);
                return isWhole ? answer : NotKnown;
            }
        }

        public void Recall(EntitySighting sighting)
        {
            lock (turn)
                grain.Recall(sighting);
        }
    }
}
