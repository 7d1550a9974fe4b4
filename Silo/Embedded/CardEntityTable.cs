using Grains.Fraud.Cards;
using Grains.Interfaces.Fraud;

namespace Silo.Embedded;

/// <summary>The grains of cards in one process, called in place.</summary>
internal sealed class CardEntityTable(int capacity = CardEntityTable.DefaultCapacity)
{
    private const int DefaultCapacity = 100_000;

    private readonly InPlaceTable<string, Entity> entities = new(capacity, static _ => new Entity());

    public ICardEntityGrain Get(string key) => entities.Get(key);

    private sealed class Entity : ICardEntityGrain
    {
        private readonly Lock turn = new();
        private readonly CardEntityGrain grain = new();

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
