using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Entities;

/// <summary>What others than the payer's own grain know of a payment, asked for before it is decided.</summary>
/// <param name="AddressPayers">Null where it has no address, or that did not answer in time.</param>
/// <param name="DevicePayers">Null where it has no device, or that did not answer in time.</param>
/// <param name="FellBack">Whose answer did not come in time: the value is missing, which never speaks against a payment.</param>
/// <param name="Device">The device's keyed hash; 0 for none, or where nobody was asked.</param>
public sealed record Surroundings(int? AddressPayers, int? DevicePayers, IReadOnlyList<Feature> FellBack, long Device = 0)
{
    public static Surroundings None { get; } = new(null, null, []);

    public void Fill(FeatureVector features)
    {
        if (AddressPayers is { } address)
            features[Feature.IpPayers1Hour] = address;
        if (DevicePayers is { } device)
            features[Feature.DevicePayers24Hours] = device;
    }
}
