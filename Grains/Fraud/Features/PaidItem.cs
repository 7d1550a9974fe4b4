namespace Grains.Fraud.Features;

/// <summary>
/// A <see cref="PayerItem"/> as windows keep it: 48 bytes without a reference, so that a collection of garbage never looks into the
/// thousands of arrays of them. What its place is called, the history keeps apart.
/// </summary>
internal readonly record struct PaidItem : ITimed
{
    private const int Nowhere = int.MinValue;

    private readonly int latitude;
    private readonly int longitude;

    public PaidItem(in PayerItem item)
    {
        (Id, TimeMs, Amount, Counterparty, Device) = (item.Id, item.TimeMs, item.Amount, item.Counterparty, item.Device);
        (latitude, longitude) = item.Place is { } place ? (place.Latitude, place.Longitude) : (Nowhere, Nowhere);
    }

    public long Id { get; }

    public long TimeMs { get; }

    public long Amount { get; }

    public long Counterparty { get; }

    public long Device { get; }

    public bool HasPlace => latitude != Nowhere;

    public PlaceMicrodegrees Place(string? name) => new(latitude, longitude, name);
}
