using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Entities;

/// <summary>The grain of one address or device.</summary>
public sealed class RiskEntityGrain(string key) : IRiskEntityGrain
{
    private const string Address = "address:";
    private const string Device = "device:";

    private readonly DistinctWindow payers =
        key.StartsWith(Address, StringComparison.Ordinal) ? DistinctWindow.OfAddress()
        : key.StartsWith(Device, StringComparison.Ordinal) ? DistinctWindow.OfDevice()
        : throw new ArgumentException($"'{key}' names no kind of entity.", nameof(key));

    public static string KeyOfAddress(long hash) => Address + hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    public static string KeyOfDevice(long hash) => Device + hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    public Task<EntityAnswer> See(EntitySighting sighting)
    {
        Recall(sighting);
        return Task.FromResult(new EntityAnswer(payers.Count(sighting.TimeMs, sighting.Payer)));
    }

    /// <summary>Notes a payment that was before; the same again changes nothing.</summary>
    public void Recall(EntitySighting sighting) => payers.See(sighting.Payment, sighting.TimeMs, sighting.Payer);
}
