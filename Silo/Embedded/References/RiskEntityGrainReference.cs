using Grains.Interfaces.Fraud;

namespace Silo.Embedded.References;

/// <summary>What callers in this process hold of an address's or a device's grain.</summary>
internal sealed class RiskEntityGrainReference(GrainHandle handle) : IRiskEntityGrain
{
    public Task<EntityAnswer> See(EntitySighting sighting) => handle.Call(static (IRiskEntityGrain grain, EntitySighting s) => grain.See(s), sighting);
}
