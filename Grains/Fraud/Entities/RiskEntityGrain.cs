using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Entities;

/// <summary>The grain of one address or device.</summary>
public sealed class RiskEntityGrain(RiskEntityKey key) : IRiskEntityGrain, IMovableState
{
    private readonly DistinctWindow payers = key.Kind switch
    {
        RiskEntityKind.Address => DistinctWindow.OfAddress(),
        RiskEntityKind.Device => DistinctWindow.OfDevice(),
    };

    public ValueTask<EntityAnswer> See(EntitySighting sighting)
    {
        Recall(sighting);
        return new(new EntityAnswer(payers.Count(sighting.TimeMs, sighting.Payer)));
    }

    public byte[]? Save() => payers.Save();

    public void Restore(ReadOnlySpan<byte> saved) => payers.Restore(saved);

    /// <summary>Notes a payment that was before; the same again changes nothing.</summary>
    public void Recall(EntitySighting sighting) => payers.See(sighting.Payment, sighting.TimeMs, sighting.Payer);
}
