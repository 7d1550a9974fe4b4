using Grains.Fraud.Detectors;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Detectors;

public sealed class NewPayeeTests
{
    private const long Payee = 1;
    private const long Week = 7 * 86_400;

    [Fact]
    public void Ten_first_time_payers_of_a_new_account_are_found()
    {
        var story = new DetectorStory(NewPayeeDetector.Kind);
        Pay(story, 10);
        var found = story.First("10 payers who never paid it before credited one account 2,000.00 USD within 9 min, 200.00 USD a payment on average; it was opened 2 h 09 ago.");
        Assert.Equal(("account:1", AlertSeverity.Medium, 200_000L), (found.About, found.Severity, found.Amount));
        Assert.Equal(11, found.Accounts.Count);
        Assert.Equal([Payee], found.Suspects);
    }

    [Theory]
    [InlineData(9, 200, 60, -7_200)] // one payer too few
    [InlineData(10, 199, 60, -7_200)] // shopping
    [InlineData(10, 200, 400, -7_200)] // within just an hour: the first is out of it
    [InlineData(10, 200, 60, -Week + 539)] // it was opened a week and a second before the last
    public void What_is_just_short_of_it_is_none(int payers, long dollars, double apart, long opened)
    {
        var story = new DetectorStory(NewPayeeDetector.Kind);
        Pay(story, payers, dollars, apart, opened);
        Assert.Empty(story.Found);
    }

    [Theory]
    [InlineData(10, 200, 399.9, -7_200)]
    [InlineData(10, 200, 60, -Week + 540)]
    public void What_just_reaches_it_is_one(int payers, long dollars, double apart, long opened)
    {
        var story = new DetectorStory(NewPayeeDetector.Kind);
        Pay(story, payers, dollars, apart, opened);
        Assert.Single(story.Found);
    }

    [Fact]
    public void Who_paid_it_before_is_no_new_payer()
    {
        var story = new DetectorStory(NewPayeeDetector.Kind);
        story.Pay(100, Payee, -5_000, 200, openedSecond: -7_200);
        Pay(story, 10);
        Assert.Empty(story.Found);
        story.Pay(110, Payee, 600, 200, openedSecond: -7_200);
        Assert.Single(story.Found);
    }

    private static void Pay(DetectorStory story, int payers, long dollars = 200, double apart = 60, long opened = -7_200)
    {
        for (var i = 0; i < payers; i++)
            story.Pay(100 + i, Payee, i * apart, dollars, openedSecond: opened);
    }
}
