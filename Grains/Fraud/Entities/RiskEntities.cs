using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Fraud;
using Ledger.Sealing;

namespace Grains.Fraud.Entities;

/// <summary>Asks the entities that a payment is part of, side by side, and waits for none of them longer than the deadline.</summary>
/// <param name="entity">The grain of a key.</param>
public sealed class RiskEntities(Func<RiskEntityKey, IRiskEntityGrain> entity, MasterKey masterKey, TimeSpan deadline, TimeProvider timeProvider)
{
    private readonly RiskHash hash = new(masterKey);

    /// <summary>Whether there is anybody to ask.</summary>
    public static bool AreIn(PersonalFields personal) => personal.IpAddress is not null || personal.DeviceId is not null;

    /// <param name="device">The device's keyed hash; 0 for none.</param>
    public ValueTask<Surroundings> Ask(PersonalFields personal, long device, EntitySighting sighting)
    {
        var address = personal.IpAddress is { } ip ? entity(new RiskEntityKey(RiskEntityKind.Address, hash.OfAddress(ip))).See(sighting) : default;
        var seen = device != 0 ? entity(new RiskEntityKey(RiskEntityKind.Device, device)).See(sighting) : default;
        var hasAddress = personal.IpAddress is not null;
        // In one process both have answered already, in place.
        return address.IsCompletedSuccessfully && seen.IsCompletedSuccessfully
            ? new(new Surroundings(hasAddress ? address.Result.Payers : null, device != 0 ? seen.Result.Payers : null, [], device))
            : Later(hasAddress ? address.AsTask() : null, device != 0 ? seen.AsTask() : null, device);
    }

    private async ValueTask<Surroundings> Later(Task<EntityAnswer>? address, Task<EntityAnswer>? seen, long device)
    {
        List<Feature>? fellBack = null;
        var (within, withinSeen) = (address?.WaitAsync(deadline, timeProvider), seen?.WaitAsync(deadline, timeProvider));
        return new Surroundings(await Payers(within, Feature.IpPayers1Hour), await Payers(withinSeen, Feature.DevicePayers24Hours), fellBack ?? (IReadOnlyList<Feature>)[], device);

        async ValueTask<int?> Payers(Task<EntityAnswer>? asked, Feature feature)
        {
            if (asked is null)
                return null;
            try
            {
                return (await asked).Payers;
            }
            catch (Exception exception) when (exception is TimeoutException or GrainHostStopping)
            {
                (fellBack ??= []).Add(feature);
                return null;
            }
        }
    }
}
