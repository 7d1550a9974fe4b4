using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Entities;

/// <summary>Asks the entities that a payment is part of, side by side, and waits for none of them longer than the deadline. One that does not know all of its window yet is as one that did not answer.</summary>
/// <param name="entity">The grain of a key.</param>
public sealed class RiskEntities(Func<RiskEntityKey, IRiskEntityGrain> entity, TimeSpan deadline, TimeProvider timeProvider)
{
    /// <summary>Whether there is anybody to ask.</summary>
    public static bool AreIn(PersonalFields personal) => personal.IpAddress is not null || personal.DeviceId is not null;

    /// <param name="address">The address's keyed hash; 0 for none.</param>
    /// <param name="device">The device's keyed hash; 0 for none.</param>
    public ValueTask<Surroundings> Ask(long address, long device, EntitySighting sighting)
    {
        Task<EntityAnswer>? addressLater = null, deviceLater = null;
        var addressPayers = address != 0 ? Ask(new RiskEntityKey(RiskEntityKind.Address, address), sighting, out addressLater) : null;
        var devicePayers = device != 0 ? Ask(new RiskEntityKey(RiskEntityKind.Device, device), sighting, out deviceLater) : null;
        // In one process both have answered already, in place.
        return addressLater is null && deviceLater is null && (address == 0 || addressPayers is not null) && (device == 0 || devicePayers is not null)
            ? new(new Surroundings(addressPayers, devicePayers, [], device))
            : Later(address != 0 ? addressLater ?? Task.FromResult(new EntityAnswer(addressPayers)) : null, device != 0 ? deviceLater ?? Task.FromResult(new EntityAnswer(devicePayers)) : null, device);
    }

    private int? Ask(RiskEntityKey key, EntitySighting sighting, out Task<EntityAnswer>? later) => Take(entity(key).See(sighting), out later);

    private static int? Take(ValueTask<EntityAnswer> asked, out Task<EntityAnswer>? later)
    {
        later = asked.IsCompletedSuccessfully ? null : asked.AsTask();
        return later is null ? asked.Result.Payers : null;
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
}
