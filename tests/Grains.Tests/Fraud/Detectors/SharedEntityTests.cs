using Grains.Fraud.Detectors;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;

namespace Grains.Tests.Fraud.Detectors;

/// <summary>One device, and one address, that pays from many accounts.</summary>
public sealed class SharedEntityTests
{
    private const long Day = 86_400;

    [Fact]
    public void A_device_with_five_accounts_in_a_day_is_found()
    {
        var story = new DetectorStory(SharedDeviceDetector.Kind);
        for (var i = 0; i < 5; i++)
            story.Pay(100 + i, 7, i * 600, 10, device: 3, isPaid: i != 2);
        var found = story.First("One device asked for 5 payments from 5 accounts within 40 min, 50.00 USD in all, limit 4 accounts in 1 d 00 h.");
        Assert.Equal(("device:0000000000000003", AlertSeverity.Medium, 5_000L), (found.About, found.Severity, found.Amount));
        Assert.Equal([100, 101, 102, 103, 104], found.Accounts);
        Assert.Equal(found.Accounts, found.Suspects);
        Assert.Equal(5, found.Payments.Count);
    }

    [Theory]
    [InlineData(4, 600, 3, 3)] // one account too few
    [InlineData(5, 600, 0, 0)] // no device
    [InlineData(5, 600, 3, 4)] // two devices
    [InlineData(5, Day / 4, 3, 3)] // the first account just out of the window: 4 × a quarter of a day
    public void What_is_just_short_of_it_is_none(int accounts, double apart, long device, long lastDevice)
    {
        var story = new DetectorStory(SharedDeviceDetector.Kind);
        for (var i = 0; i < accounts; i++)
            story.Pay(100 + i, 7, i * apart, 10, device: i == accounts - 1 ? lastDevice : device);
        Assert.Empty(story.Found);
    }

    [Fact]
    public void Within_a_millisecond_of_a_day_it_is_found()
    {
        var story = new DetectorStory(SharedDeviceDetector.Kind);
        for (var i = 0; i < 5; i++)
            story.Pay(100 + i, 7, i < 4 ? i : Day - 0.001, 10, device: 3);
        Assert.Single(story.Found);
    }

    [Fact]
    public void An_account_that_pays_often_is_one_account()
    {
        var story = new DetectorStory(SharedDeviceDetector.Kind);
        for (var i = 0; i < 1_000; i++)
            story.Pay(100 + (i % 4), 7, i, 10, device: 3);
        Assert.Empty(story.Found);
    }

    [Fact]
    public void Twice_as_many_accounts_are_severe_and_money_is_of_one_currency()
    {
        var story = new DetectorStory(SharedDeviceDetector.Kind);
        for (var i = 0; i < 10; i++)
            story.Pay(100 + i, 7, i, 10, device: 3, currency: Currency.Parse(i == 0 ? "EUR" : "USD"));
        Assert.Equal((AlertSeverity.High, 9_000L, Currency.Usd), (story.Found[^1].Severity, story.Found[^1].Amount, story.Found[^1].Currency));
    }

    [Fact]
    public void An_address_takes_more_accounts_in_less_time()
    {
        var story = new DetectorStory(SharedAddressDetector.Kind);
        for (var i = 0; i < 11; i++)
            story.Pay(100 + i, 7, i * 60, 10, address: 5);
        Assert.Empty(story.Found);
        story.Pay(111, 7, 3_600, 10, address: 5);
        // The first one is out of the window.
        Assert.Empty(story.Found);
        story.Pay(100, 7, 3_601, 10, address: 5);
        story.First("One address asked for 12 payments from 12 accounts within 59 min, 120.00 USD in all, limit 11 accounts in 1 h 00.");
    }

    [Fact]
    public void A_payment_that_is_told_late_counts_from_its_own_time()
    {
        var story = new DetectorStory(SharedDeviceDetector.Kind);
        foreach (var (account, second) in new[] { (100, 0.0), (101, 10), (102, 40), (103, 30), (104, 20) })
            story.Pay(account, 7, second, 10, device: 3);
        story.First("One device asked for 5 payments from 5 accounts within 40 s, 50.00 USD in all, limit 4 accounts in 1 d 00 h.");
        story.Pay(105, 7, -Day + 40, 10, device: 3);
        Assert.Equal(5, story.Found[^1].Accounts.Count);
    }
}
