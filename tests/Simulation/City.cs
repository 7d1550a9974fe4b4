using Grains.Interfaces.Accounts;

namespace Simulation;

/// <summary>Where payments are made, and which two places nobody is at within so short a time: by a formula of its own, not the product's.</summary>
internal static class City
{
    /// <summary>The longest jump that is nobody's business: positions are inexact.</summary>
    private const double NearKm = 100;

    private const double FastestKmh = 1_000;
    private const double EarthRadiusKm = 6_371;

    private static readonly Dictionary<string, (decimal Latitude, decimal Longitude)> Places = new()
    {
        ["New York"] = (40.7128m, -74.0060m),
        ["Newark"] = (40.7357m, -74.1724m),
        ["London"] = (51.5074m, -0.1278m),
        ["Tokyo"] = (35.6762m, 139.6503m),
    };

    public static IReadOnlyList<string> Names { get; } = [.. Places.Keys];

    public static Place PlaceOf(string city) => new(Places[city].Latitude, Places[city].Longitude, city);

    /// <summary>Whether somebody would have to travel faster than anybody does.</summary>
    public static bool IsOutOfReach(string from, string to, long ms) => DistanceKm(from, to) is var km && km >= NearKm && km * 3_600_000 > FastestKmh * ms;

    // The law of cosines on a sphere: good enough for cities that lie far from every limit.
    private static double DistanceKm(string from, string to)
    {
        if (from == to)
            return 0;
        var (one, other) = (Radians(from), Radians(to));
        return EarthRadiusKm * Math.Acos((Math.Sin(one.Latitude) * Math.Sin(other.Latitude)) + (Math.Cos(one.Latitude) * Math.Cos(other.Latitude) * Math.Cos(one.Longitude - other.Longitude)));
    }

    private static (double Latitude, double Longitude) Radians(string city) => ((double)Places[city].Latitude * Math.PI / 180, (double)Places[city].Longitude * Math.PI / 180);
}
