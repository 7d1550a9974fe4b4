using Grains.Fraud.Features;

namespace Grains.Tests.Fraud;

internal static class RulePlaces
{
    public static PlaceMicrodegrees NewYork { get; } = PlaceMicrodegrees.FromDegrees(40.7128, -74.0060, "New York");

    public static PlaceMicrodegrees London { get; } = PlaceMicrodegrees.FromDegrees(51.5074, -0.1278, "London");
}
