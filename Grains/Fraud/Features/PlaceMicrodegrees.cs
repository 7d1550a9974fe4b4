using System.Globalization;

namespace Grains.Fraud.Features;

/// <summary>A place on Earth in whole millionths of a degree (about 11 cm), with the name that the payment gave it.</summary>
public readonly record struct PlaceMicrodegrees
{
    public const int MaxLatitude = 90_000_000;
    public const int MaxLongitude = 180_000_000;

    /// <summary>Earth's mean radius, IUGG.</summary>
    public const double EarthRadiusMetres = 6_371_008.8;

    private const double RadiansPerMicrodegree = Math.PI / 180_000_000;

    /// <param name="latitude">−90,000,000 to 90,000,000, north positive.</param>
    /// <param name="longitude">−180,000,000 to 180,000,000, east positive.</param>
    /// <param name="name">Null where the payment named none.</param>
    public PlaceMicrodegrees(int latitude, int longitude, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latitude, -MaxLatitude);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(latitude, MaxLatitude);
        ArgumentOutOfRangeException.ThrowIfLessThan(longitude, -MaxLongitude);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(longitude, MaxLongitude);
        (Latitude, Longitude, Name) = (latitude, longitude, name);
    }

    public int Latitude { get; }

    public int Longitude { get; }

    public string? Name { get; }

    /// <summary>Degrees, rounded to the nearest millionth, halves away from zero.</summary>
    public static PlaceMicrodegrees FromDegrees(double latitude, double longitude, string? name = null) =>
        new(Whole(latitude), Whole(longitude), name);

    /// <summary>
    /// Great-circle distance in whole metres, by haversine on a sphere: up to 0.5 % off the ellipsoid. A sine may differ in its last bit
    /// between machines; rounding to metres keeps that out of a decision, but for a distance within nanometres of a half metre.
    /// </summary>
    public long MetresTo(PlaceMicrodegrees other)
    {
        var latitude = Latitude * RadiansPerMicrodegree;
        var otherLatitude = other.Latitude * RadiansPerMicrodegree;
        var sineLatitude = Math.Sin((otherLatitude - latitude) / 2);
        var sineLongitude = Math.Sin(((long)other.Longitude - Longitude) * RadiansPerMicrodegree / 2);
        var haversine = (sineLatitude * sineLatitude) + (Math.Cos(latitude) * Math.Cos(otherLatitude) * sineLongitude * sineLongitude);
        // Rounding can take opposite points past 1.
        return (long)Math.Round(2 * EarthRadiusMetres * Math.Asin(Math.Sqrt(Math.Min(1, haversine))), MidpointRounding.AwayFromZero);
    }

    /// <summary>Its name; its coordinates in degrees, latitude first, where it has none.</summary>
    public override string ToString() =>
        string.IsNullOrWhiteSpace(Name)
            ? string.Create(CultureInfo.InvariantCulture, $"{Latitude / 1_000_000m:0.0000}, {Longitude / 1_000_000m:0.0000}")
            : Name;

    private static int Whole(double degrees) => checked((int)Math.Round(degrees * 1_000_000, MidpointRounding.AwayFromZero));
}
