using System.Globalization;

namespace Silo.Embedded.Commands.DemoTraffic;

/// <summary>A city, in degrees of WGS 84.</summary>
internal sealed record DemoCity(string Name, decimal Latitude, decimal Longitude);

/// <summary>Cities that everybody knows, and who lives where.</summary>
internal static class DemoCities
{
    /// <summary>In the order of their longitude, so that those half the list apart are half the earth apart.</summary>
    public static readonly DemoCity[] All =
    [
        .. """
           Honolulu 21.3069 -157.8583
           Anchorage 61.2181 -149.9003
           Vancouver 49.2827 -123.1207
           San Francisco 37.7749 -122.4194
           Los Angeles 34.0522 -118.2437
           Denver 39.7392 -104.9903
           Mexico City 19.4326 -99.1332
           Houston 29.7604 -95.3698
           Chicago 41.8781 -87.6298
           Atlanta 33.7490 -84.3880
           Miami 25.7617 -80.1918
           Toronto 43.6532 -79.3832
           Lima -12.0464 -77.0428
           Bogotá 4.7110 -74.0721
           New York 40.7128 -74.0060
           Boston 42.3601 -71.0589
           Santiago -33.4489 -70.6693
           Buenos Aires -34.6037 -58.3816
           São Paulo -23.5505 -46.6333
           Reykjavík 64.1466 -21.9426
           Lisbon 38.7223 -9.1393
           Madrid 40.4168 -3.7038
           London 51.5074 -0.1278
           Paris 48.8566 2.3522
           Lagos 6.5244 3.3792
           Amsterdam 52.3676 4.9041
           Zurich 47.3769 8.5417
           Rome 41.9028 12.4964
           Berlin 52.5200 13.4050
           Stockholm 59.3293 18.0686
           Cape Town -33.9249 18.4241
           Athens 37.9838 23.7275
           Istanbul 41.0082 28.9784
           Cairo 30.0444 31.2357
           Nairobi -1.2921 36.8219
           Dubai 25.2048 55.2708
           Mumbai 19.0760 72.8777
           Singapore 1.3521 103.8198
           Hong Kong 22.3193 114.1694
           Shanghai 31.2304 121.4737
           Seoul 37.5665 126.9780
           Tokyo 35.6762 139.6503
           Sydney -33.8688 151.2093
           Auckland -36.8509 174.7645
           """.Split('\n').Select(Parse),
    ];

    public static DemoCity HomeOf(int person) => All[person * 7 % All.Length];

    /// <summary>Half the earth away from where the person lives.</summary>
    public static DemoCity FarFrom(int person) => All[(person * 7 + All.Length / 2) % All.Length];

    private static DemoCity Parse(string line)
    {
        var parts = line.Trim().Split(' ');
        return new DemoCity(string.Join(' ', parts[..^2]), decimal.Parse(parts[^2], CultureInfo.InvariantCulture), decimal.Parse(parts[^1], CultureInfo.InvariantCulture));
    }
}
