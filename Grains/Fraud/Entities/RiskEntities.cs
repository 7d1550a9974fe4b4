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
        var seenAddress = address != 0 ? See(new RiskEntityKey(RiskEntityKind.Address, address), sighting) : default;
        var seenDevice = device != 0 ? See(new RiskEntityKey(RiskEntityKind.Device, device), sighting) : default;
        // In one process both have answered already, in place.
        return seenAddress.IsSettled && seenDevice.IsSettled
            ? new(new Surroundings(seenAddress.Payers, seenDevice.Payers, [], device))
            : Settle(seenAddress, seenDevice, device);
    }

    private Seen See(RiskEntityKey key, EntitySighting sighting) => Seen.Of(entity(key).See(sighting), deadline, timeProvider);

    private static async ValueTask<Surroundings> Settle(Seen address, Seen seen, long device)
    {
        List<Feature>? fellBack = null;
        return new Surroundings(await Payers(address, Feature.IpPayers1Hour), await Payers(seen, Feature.DevicePayers24Hours), fellBack ?? (IReadOnlyList<Feature>)[], device);

        async ValueTask<int?> Payers(Seen asked, Feature feature)
        {
            if (asked.IsSettled)
                return asked.Payers;
            try
            {
                return (asked.Later is { } later ? (await later).Payers : null) ?? FallBack(feature);
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

    /// <summary>What an entity said: nothing where nobody was asked.</summary>
    /// <param name="Later">What is still to be waited for, within the deadline.</param>
    private readonly record struct Seen(bool IsAsked, int? Payers, Task<EntityAnswer>? Later)
    {
        /// <summary>Whether there is nothing to wait for, and nothing that was asked for is missing.</summary>
        public bool IsSettled => !IsAsked || Payers is not null;

        public static Seen Of(ValueTask<EntityAnswer> asked, TimeSpan deadline, TimeProvider timeProvider) => asked.IsCompletedSuccessfully
            ? new Seen(true, asked.Result.Payers, null)
            : new Seen(true, null, asked.AsTask().WaitAsync(deadline, timeProvider));
    }
}
