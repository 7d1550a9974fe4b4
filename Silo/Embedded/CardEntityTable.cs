using System.Collections.Concurrent;
using Grains.Fraud.Cards;
using Grains.Interfaces.Fraud;

namespace Silo.Embedded;

/// <summary>
/// The grains of cards in one process: each is called by one caller at a time, in place. The table is bounded: beyond its capacity the
/// half that was asked for longest ago is forgotten.
/// </summary>
internal sealed class CardEntityTable(int capacity = CardEntityTable.DefaultCapacity)
{
    private const int DefaultCapacity = 100_000;

    private readonly ConcurrentDictionary<string, Entity> entities = new(StringComparer.Ordinal);
    private long calls;
    private int forgetting;

    public ICardEntityGrain Get(string key)
    {
        var entity = entities.GetOrAdd(key, static _ => new Entity());
        entity.LastCall = Interlocked.Increment(ref calls);
        // Counting a concurrent dictionary takes all its locks: now and then is enough.
        if ((entity.LastCall & 0x3FF) == 0 && entities.Count > capacity)
            Forget();
        return entity;
    }

    private void Forget()
    {
        if (Interlocked.Exchange(ref forgetting, 1) == 1)
            return;
        try
        {
            foreach (var key in entities.OrderBy(static pair => pair.Value.LastCall).Take(capacity / 2).Select(static pair => pair.Key).ToList())
                entities.TryRemove(key, out _);
        }
        finally
        {
            Volatile.Write(ref forgetting, 0);
        }
    }

    private sealed class Entity : ICardEntityGrain
    {
        private readonly Lock turn = new();
        private readonly CardEntityGrain grain = new();

        public long LastCall { get; set; }

        public Task<CardAnswer> See(CardSighting sighting)
        {
            lock (turn)
                return grain.See(sighting);
        }

        public Task<bool> Decline(CardSighting sighting)
        {
            lock (turn)
                return grain.Decline(sighting);
        }
    }
}
