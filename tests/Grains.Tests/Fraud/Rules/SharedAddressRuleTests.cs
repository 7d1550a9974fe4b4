using Grains.Fraud.Features;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Rules;

public sealed class SharedAddressRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<SharedAddressRule>(
        """
        IpPayers1Hour=10 => 20: 10 payers from this address in 1 hour, limit 10
        IpPayers1Hour=9 => silent
        IpPayers1Hour=1200 => 20: 1,200 payers from this address in 1 hour, limit 10
        IpPayers1Hour=10 LocationIsUnreliable=1 => silent
        IpPayers1Hour=10 LocationIsUnreliable=0 => 20: 10 payers from this address in 1 hour, limit 10
        - => silent
        """);

    [Fact]
    public void A_late_payment_counts_where_it_belongs()
    {
        var seen = DistinctWindow.OfAddress();
        for (var payer = 1; payer <= 8; payer++)
            seen.See(payer, Payer.Now, payer);
        Assert.False(Speaks(seen));
        seen.See(100, Payer.Now - WindowMs.Hour, 100);
        Assert.False(Speaks(seen));
        seen.See(101, Payer.Now - WindowMs.Hour + 1, 101);
        Assert.True(Speaks(seen));
    }

    private static bool Speaks(DistinctWindow seen) =>
        new Payer().Asks<SharedAddressRule>(also: vector => vector[Feature.IpPayers1Hour] = seen.Count(Payer.Now, 99)) is not null;
}
