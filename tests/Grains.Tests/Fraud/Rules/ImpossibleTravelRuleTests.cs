using Grains.Fraud.Features;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Rules;

public sealed class ImpossibleTravelRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<ImpossibleTravelRule>(
        """
        TravelMetres=5570230 TravelMs=7200000 => 60: New York → London, 5,570 km in 2 h 00 = 2,785 km/h, limit 1,000
        TravelMetres=5570230 TravelMs=21600000 => silent
        TravelMetres=5570230 TravelMs=0 => 60: New York → London, 5,570 km at once, limit 1,000 km/h
        TravelMetres=1000000 TravelMs=3600000 => silent
        TravelMetres=1000001 TravelMs=3600000 => 60: New York → London, 1,000 km in 1 h 00 = 1,000 km/h, limit 1,000
        TravelMetres=1000000 TravelMs=3599999 => 60: New York → London, 1,000 km in 59 min = 1,000 km/h, limit 1,000
        TravelMetres=99999 TravelMs=0 => silent
        TravelMetres=100000 TravelMs=0 => 60: New York → London, 100 km at once, limit 1,000 km/h
        TravelMetres=100000 TravelMs=12000 => 60: New York → London, 100 km in 12 s = 30,000 km/h, limit 1,000
        TravelMetres=5570230 TravelMs=7200000 LocationIsUnreliable=1 => silent
        TravelMetres=5570230 TravelMs=7200000 LocationIsUnreliable=0 => 60: New York → London, 5,570 km in 2 h 00 = 2,785 km/h, limit 1,000
        TravelMetres=5570230 => silent
        TravelMs=0 => silent
        - => silent
        """,
        new RiskFacts { TravelFrom = "New York", TravelTo = "London" });

    [Fact]
    public void From_two_places_to_its_sentence()
    {
        var payer = new Payer().Paid(2 * WindowMs.Hour, place: RulePlaces.NewYork);
        Assert.Equal("New York → London, 5,570 km in 2 h 00 = 2,785 km/h, limit 1,000", payer.Asks<ImpossibleTravelRule>(place: RulePlaces.London)?.Text);
        Assert.Null(new Payer().Paid(6 * WindowMs.Hour, place: RulePlaces.NewYork).Asks<ImpossibleTravelRule>(place: RulePlaces.London));
        Assert.Null(payer.Asks<ImpossibleTravelRule>());
    }

    [Fact]
    public void A_late_payment_that_was_nearer_in_time_explains_the_place()
    {
        var payer = new Payer().Paid(2 * WindowMs.Hour, place: RulePlaces.NewYork);
        Assert.NotNull(payer.Asks<ImpossibleTravelRule>(place: RulePlaces.London));
        Assert.Null(payer.Paid(WindowMs.Hour, place: RulePlaces.London).Asks<ImpossibleTravelRule>(place: RulePlaces.London));
        Assert.Null(payer.Paid(90 * WindowMs.Minute, place: RulePlaces.NewYork).Asks<ImpossibleTravelRule>(place: RulePlaces.London));
    }

    [Fact]
    public void A_place_without_a_name_stands_as_its_coordinates()
    {
        var payer = new Payer().Paid(WindowMs.Hour, place: new PlaceMicrodegrees(40_712_800, -74_006_000));
        Assert.StartsWith("40.7128, -74.0060 → London, 5,570 km in 1 h 00", payer.Asks<ImpossibleTravelRule>(place: RulePlaces.London)?.Text, StringComparison.Ordinal);
    }
}
