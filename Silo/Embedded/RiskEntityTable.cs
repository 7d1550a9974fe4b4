using Grains.Fraud.Entities;
using Grains.Interfaces.Fraud;

namespace Silo.Embedded;

/// <summary>
/// The grains of addresses and devices in one process, called in place. Until what the log has of their windows is told again
/// (<see cref="EntityRecall"/>), they take in what they are asked and answer that they do not know.
/// </summary>
internal sealed class RiskEntityTable
{
    private const int DefaultCapacity = 200_000;

    private readonly InPlaceTable<RiskEntityKey, Entity> entities;
    private volatile bool isWhole;

    public RiskEntityTable(int capacity = DefaultCapacity) => entities = new InPlaceTable<RiskEntityKey, Entity>(capacity, key => new Entity(key, this));

    /// <summary>Whether what was seen before the process began is known, as far as windows reach.</summary>
    public bool IsWhole
    {
        get => isWhole;
        set => isWhole = value;
    }

    public IRiskEntityGrain Get(RiskEntityKey key) => entities.Get(key);

    /// <summary>What an entity saw before the process began.</summary>
    public void Recall(RiskEntityKey key, EntitySighting sighting) => entities.Get(key).Recall(sighting);

    private sealed class Entity(RiskEntityKey key, RiskEntityTable table) : IRiskEntityGrain
    {
        private readonly Lock turn = new();
        private readonly RiskEntityGrain grain = new(key);

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
