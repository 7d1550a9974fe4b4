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

    private readonly ConcurrentDictionary<RiskEntityKey, Entity> entities = new();
    private int count;
    private int forgetting;
    private volatile bool isWhole;

    /// <summary>Whether what was seen before the process began is known, as far as windows reach.</summary>
    public bool IsWhole
    {
        get => isWhole;
        set => isWhole = value;
    }

    public IRiskEntityGrain Get(RiskEntityKey key) => Find(key);

    /// <summary>What an entity saw before the process began.</summary>
    public void Recall(RiskEntityKey key, EntitySighting sighting) => Find(key).Recall(sighting);

    private Entity Find(RiskEntityKey key)
    {
        if (!entities.TryGetValue(key, out var entity))
            entity = Add(key);
        entity.LastCallMs = Environment.TickCount64;
        return entity;
    }

    // What is there is counted here: counting a concurrent dictionary takes all its locks.
    private Entity Add(RiskEntityKey key)
    {
        var made = new Entity(key, this);
        var entity = entities.GetOrAdd(key, made);
        if (ReferenceEquals(entity, made) && Interlocked.Increment(ref count) > capacity)
            Forget();
        return entity;
    }

    private void Forget()
    {
        if (Interlocked.Exchange(ref forgetting, 1) == 1)
            return;
        try
        {
            var byAge = entities.OrderBy(static pair => pair.Value.LastCallMs).Take(capacity / 2).Select(static pair => pair.Key).ToList();
            foreach (var key in byAge)
            {
                if (entities.TryRemove(key, out _))
                    Interlocked.Decrement(ref count);
            }
        }
        finally
        {
            Volatile.Write(ref forgetting, 0);
        }
    }

    private sealed class Entity(RiskEntityKey key, RiskEntityTable table) : IRiskEntityGrain
    {
        private readonly Lock turn = new();
        private readonly RiskEntityGrain grain = new(key);

        public long LastCallMs { get; set; }

        public ValueTask<EntityAnswer> See(EntitySighting sighting)
        {
            // Looked at first: an answer of which something was missing while it was made is none.
            var isWhole = table.IsWhole;
            lock (turn)
            {
                var answer = grain.See(sighting);
                return isWhole ? answer : new(new EntityAnswer(null));
            }
        }

        public void Recall(EntitySighting sighting)
        {
            lock (turn)
                grain.Recall(sighting);
        }
    }
}
