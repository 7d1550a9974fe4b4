using Grains.Fraud.Detectors;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Detectors;

public sealed class CardTestingSpreadTests
{
    [Fact]
    public void Five_cards_declined_at_three_merchants_are_found()
    {
        var story = new DetectorStory(CardTestingSpreadDetector.Kind);
        story.Try(merchant: 1, card: 90, second: 0, declined: false);
        for (var i = 0; i < 5; i++)
            story.Try(1 + (i % 3), 100 + i, 60 + (i * 60), declined: true);
        var found = story.First("One address had 5 cards declined at 3 merchants within 5 min: 5 of its 6 attempts, 5.00 USD in all.");
        Assert.Equal(("address:0000000000000009", AlertSeverity.High, 500L), (found.About, found.Severity, found.Amount));
        Assert.Equal([1, 2, 3], found.Accounts.Order());
        Assert.Empty(found.Suspects);
        Assert.All(found.Payments, static payment => Assert.True(payment.IsCharge));
    }

    [Theory]
    [InlineData(5, 2, 0, 60, 9)] // one merchant too few
    [InlineData(4, 3, 0, 60, 9)] // one card too few
    [InlineData(5, 3, 6, 60, 9)] // five of eleven
    [InlineData(5, 3, 0, 900, 9)] // the first is out of the hour
    [InlineData(5, 3, 0, 60, 0)] // where they come from is not known
    public void What_is_just_short_of_it_is_none(int cards, int merchants, int accepted, double apart, long address)
    {
        var story = new DetectorStory(CardTestingSpreadDetector.Kind);
        for (var i = 0; i < accepted; i++)
            story.Try(1, 90, 0, declined: false, address);
        for (var i = 0; i < cards; i++)
            story.Try(1 + (i % merchants), 100 + i, i * apart, declined: true, address);
        Assert.Empty(story.Found);
    }

    [Fact]
    public void Half_of_its_attempts_are_enough()
    {
        var story = new DetectorStory(CardTestingSpreadDetector.Kind);
        for (var i = 0; i < 5; i++)
        {
            story.Try(1, 90, i, declined: false);
            story.Try(1 + (i % 3), 100 + i, i, declined: true);
        }

        Assert.Single(story.Found);
    }

    [Fact]
    public void One_card_that_is_declined_everywhere_is_one_card()
    {
        var story = new DetectorStory(CardTestingSpreadDetector.Kind);
        for (var i = 0; i < 20; i++)
            story.Try(1 + (i % 5), 100, i, declined: true);
        Assert.Empty(story.Found);
    }
}
