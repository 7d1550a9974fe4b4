using Grains.Fraud.Detectors;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Detectors;

public sealed class MuleRingTests
{
    private const long Mule = 1;
    private const long Collector = 2;

    [Fact]
    public void Many_payers_to_one_account_that_passes_most_of_it_on_are_a_ring()
    {
        var story = Ring();
        story.Pay(Mule, Collector, 600, 600);
        Assert.Empty(story.Found);
        story.Pay(Mule, Collector, 660, 400);
        var found = story.First("5 payers credited one account 1,250.00 USD within 4 min; 1,000.00 USD of it (80 %) went on to 1 account, each part at most 7 min after a credit.");
        Assert.Equal(("account:1", AlertSeverity.High, 125_000L), (found.About, found.Severity, found.Amount));
        Assert.Equal([Mule, Collector, 100, 101, 102, 103, 104], found.Accounts);
        Assert.Equal([Mule], found.Suspects);
        Assert.Equal(7, found.Payments.Count);
    }

    [Theory]
    [InlineData(4, 250, 1_000, 2, 660)] // one payer too few
    [InlineData(5, 199, 995, 2, 660)] // a dollar short of the sum, of five
    [InlineData(5, 250, 999, 2, 660)] // just under the part that is to go on
    [InlineData(5, 250, 1_000, 3, 660)] // to one receiver too many
    [InlineData(5, 250, 1_000, 2, 2_041)] // a second too late after the last credit
    public void What_is_just_short_of_it_is_none(int payers, long dollars, long passed, int receivers, double second)
    {
        var story = Ring(payers, dollars);
        for (var i = 0; i < receivers; i++)
            story.Pay(Mule, Collector + i, second, i == 0 ? passed - receivers + 1 : 1);
        Assert.Empty(story.Found);
    }

    [Theory]
    [InlineData(5, 200, 800, 2, 660)]
    [InlineData(5, 250, 1_000, 2, 2_040)]
    public void What_just_reaches_it_is_one(int payers, long dollars, long passed, int receivers, double second)
    {
        var story = Ring(payers, dollars);
        for (var i = 0; i < receivers; i++)
            story.Pay(Mule, Collector + i, second, i == 0 ? passed - receivers + 1 : 1);
        Assert.Single(story.Found);
    }

    [Fact]
    public void Credits_of_more_than_an_hour_ago_do_not_count()
    {
        var story = new DetectorStory(MuleRingDetector.Kind);
        for (var i = 0; i < 5; i++)
            story.Pay(100 + i, Mule, i * 1_000, 250);
        // The first credit is out of the window by then.
        story.Pay(Mule, Collector, 4_001, 1_250);
        Assert.Empty(story.Found);
    }

    [Fact]
    public void What_was_sent_before_the_credits_came_was_not_passed_on()
    {
        var story = new DetectorStory(MuleRingDetector.Kind);
        story.Pay(Mule, Collector, -10, 2_000);
        for (var i = 0; i < 5; i++)
            story.Pay(100 + i, Mule, i, 250);
        Assert.Empty(story.Found);
    }

    [Fact]
    public void A_credit_that_is_told_late_completes_it()
    {
        var story = Ring(payers: 4, dollars: 250);
        story.Pay(Mule, Collector, 660, 1_000);
        Assert.Empty(story.Found);
        // Of another shard: it came before what went on.
        story.Pay(104, Mule, 300, 250);
        Assert.Equal(5, Assert.Single(story.Found).Accounts.Count(static account => account >= 100));
    }

    [Fact]
    public void The_same_event_again_changes_nothing_and_finds_the_same()
    {
        var story = Ring();
        var last = story.Pay(Mule, Collector, 660, 1_000);
        story.Tell(last);
        Assert.Equal(2, story.Found.Count);
        Assert.Equal(story.Found[0].Text, story.Found[1].Text);
        Assert.Equal(story.Rows[0], story.Rows[1]);
    }

    [Fact]
    public void Held_and_rejected_payments_move_nothing()
    {
        var story = new DetectorStory(MuleRingDetector.Kind);
        for (var i = 0; i < 9; i++)
            story.Pay(100 + i, Mule, i, 250, isPaid: i < 4);
        story.Pay(Mule, Collector, 60, 1_000);
        Assert.Empty(story.Found);
    }

    private static DetectorStory Ring(int payers = 5, long dollars = 250)
    {
        var story = new DetectorStory(MuleRingDetector.Kind);
        for (var i = 0; i < payers; i++)
            story.Pay(100 + i, Mule, i * 60, dollars);
        return story;
    }
}
