using Grains.Fraud.Features;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Rules;

public sealed class SharedDeviceRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<SharedDeviceRule>(
        """
        DevicePayers24Hours=4 => 30: 4 payers on this device in 24 hours, limit 4
        DevicePayers24Hours=3 => silent
        DevicePayers24Hours=1200 => 30: 1,200 payers on this device in 24 hours, limit 4
        - => silent
        """);

    [Fact]
    public void A_late_payment_counts_where_it_belongs()
    {
        var seen = DistinctWindow.OfDevice();
        for (var payer = 1; payer <= 2; payer++)
            seen.See(payer, Payer.Now, payer);
        Assert.False(Speaks(seen));
        seen.See(100, Payer.Now - WindowMs.Day, 100);
        Assert.False(Speaks(seen));
        seen.See(101, Payer.Now - WindowMs.Day + 1, 101);
        Assert.True(Speaks(seen));
    }

    private static bool Speaks(DistinctWindow seen) =>
        new Payer().Asks<SharedDeviceRule>(also: vector => vector[Feature.DevicePayers24Hours] = seen.Count(Payer.Now, 99)) is not null;
}
