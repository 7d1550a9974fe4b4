using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Entities;

/// <summary>Asks the entities that a payment is part of, side by side, and waits for none of them longer than the deadline. One that does not know all of its window yet is as one that did not answer.</summary>
/// <param name="entity">The grain of a key.</param>
public sealed class RiskEntities(Func<string, IRiskEntityGrain> entity, TimeSpan deadline, TimeProvider timeProvider)
{
    /// <summary>Whether there is anybody to ask.</summary>
    public static bool AreIn(PersonalFields personal) => personal.IpAddress is not null || personal.DeviceId is not null;

    /// <param name="address">The address's keyed hash; 0 for none.</param>
    /// <param name="device">The device's keyed hash; 0 for none.</param>
    public async ValueTask<Surroundings> Ask(long address, long device, EntitySighting sighting)
    {
        var seenAddress = address != 0 ? See(RiskEntityGrain.KeyOfAddress(address), sighting) : null;
        var seenDevice = device != 0 ? See(RiskEntityGrain.KeyOfDevice(device), sighting) : null;
        List<Feature>? fellBack = null;
        return new Surroundings(await Payers(seenAddress, Feature.IpPayers1Hour), await Payers(seenDevice, Feature.DevicePayers24Hours), fellBack ?? (IReadOnlyList<Feature>)[], device);

        async ValueTask<int?> Payers(Task<EntityAnswer>? asked, Feature feature)
        {
            if (asked is null)
                return null;
            try
            {
                return (await asked).Payers ?? FallBack(feature);
            }
            catch (Exception exception) when (exception is TimeoutException or GrainHostStopping)
            {
                return FallBack(feature);
            }
        }

        int? FallBack(Feature feature)
        {
            (fellBack ??= []).Add(feature);
            return null;
        }
    }

    private Task<EntityAnswer> See(string key, EntitySighting sighting)
    {
        var asked = entity(key).See(sighting);
        return asked.IsCompleted ? asked : asked.WaitAsync(deadline, timeProvider);
    }
}
