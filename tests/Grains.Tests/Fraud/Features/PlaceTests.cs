using Grains.Fraud.Features;

namespace Grains.Tests.Fraud.Features;

public sealed class PlaceTests
{
    [Theory]
    [InlineData(40.7128, -74.0060, 51.5074, -0.1278, 5_570_230)]
    [InlineData(51.5074, -0.1278, 40.7128, -74.0060, 5_570_230)]
    [InlineData(0, 0, 0, 0, 0)]
    [InlineData(0, 0, 0, 1, 111_195)]
    [InlineData(0, 179.5, 0, -179.5, 111_195)]
    [InlineData(90, 0, -90, 0, 20_015_114)]
    [InlineData(0, -180, 0, 180, 0)]
    [InlineData(90, 17, 90, -120, 0)]
    public void Distances_are_great_circles_in_whole_metres(double latitude, double longitude, double toLatitude, double toLongitude, long metres) =>
        Assert.Equal(metres, PlaceMicrodegrees.FromDegrees(latitude, longitude).MetresTo(PlaceMicrodegrees.FromDegrees(toLatitude, toLongitude)));

    [Theory]
    [InlineData(90_000_001, 0)]
    [InlineData(-90_000_001, 0)]
    [InlineData(0, 180_000_001)]
    [InlineData(0, -180_000_001)]
    public void A_place_lies_on_Earth(int latitude, int longitude) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PlaceMicrodegrees(latitude, longitude));
}
