using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Fraud;
using Ledger.Sealing;

namespace Grains.Fraud.Entities;

/// <summary>Asks the entities that a payment is part of, side by side, and waits for none of them longer than the deadline.</summary>
/// <param name="entity">The grain of a key.</param>
public sealed class RiskEntities(Func<string, IRiskEntityGrain> entity, MasterKey masterKey, TimeSpan deadline, TimeProvider timeProvider)
{
    private readonly RiskHash hash = new(masterKey);

    /// <summary>Whether there is anybody to ask.</summary>
    public static bool AreIn(PersonalFields personal) => personal.IpAddress is not null || personal.DeviceId is not null;

    /// <param name="device">The device's keyed hash; 0 for none.</param>
    public async ValueTask<Surroundings> Ask(PersonalFields personal, long device, EntitySighting sighting)
    {
        var address = personal.IpAddress is { } ip ? See(RiskEntityGrain.KeyOfAddress(hash.OfAddress(ip)), sighting) : null;
        var seenDevice = device != 0 ? See(RiskEntityGrain.KeyOfDevice(device), sighting) : null;
        List<Feature>? fellBack = null;
        return new Surroundings(await Payers(address, Feature.IpPayers1Hour), await Payers(seenDevice, Feature.DevicePayers24Hours), fellBack ?? (IReadOnlyList<Feature>)[], device);

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

    private Task<EntityAnswer> See(string key, EntitySighting sighting)
    {
        var asked = entity(key).See(sighting);
        return asked.IsCompleted ? asked : asked.WaitAsync(deadline, timeProvider);
    }
}
