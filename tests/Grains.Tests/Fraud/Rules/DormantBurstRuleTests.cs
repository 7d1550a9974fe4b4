using Grains.Fraud.Features;
using Grains.Fraud.Rules;

namespace Grains.Tests.Fraud.Rules;

public sealed class DormantBurstRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<DormantBurstRule>(
        """
        Count24Hours=2 Count30Days=2 Count90Days=10 => 40: 3 payments in 24 hours with this one, after none in the 29 days before and 8 earlier, limit 3
        Count24Hours=1 Count30Days=1 Count90Days=10 => silent
        Count24Hours=2 Count30Days=3 Count90Days=10 => silent
        Count24Hours=2 Count30Days=2 Count90Days=2 => silent
        Count24Hours=2 Count30Days=2 Count90Days=3 => 40: 3 payments in 24 hours with this one, after none in the 29 days before and 1 earlier, limit 3
        Count24Hours=2 Count30Days=2 => silent
        Count24Hours=2 Count90Days=10 => silent
        Count30Days=0 Count90Days=10 => silent
        - => silent
        """);

    [Fact]
    public void A_late_payment_between_shows_that_it_did_not_sleep()
    {
        var payer = new Payer().Paid(40 * WindowMs.Day).Paid(60_000).Paid(1_000);
        Assert.NotNull(payer.Asks<DormantBurstRule>());
        Assert.NotNull(payer.Paid(WindowMs.Month).Asks<DormantBurstRule>());
        Assert.Null(payer.Paid(WindowMs.Month - 1).Asks<DormantBurstRule>());
    }
}
