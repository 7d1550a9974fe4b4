using Grains.Fraud.Rules;

namespace Grains.Tests.Fraud.Rules;

public sealed class VelocityCountRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<VelocityCountRule>(
        """
        Count1Minute=4 Count1Hour=4 Count24Hours=4 => silent
        Count1Minute=5 Count1Hour=5 Count24Hours=5 => 50: 6 payments in 1 minute with this one, limit 5
        Count1Minute=0 Count1Hour=29 Count24Hours=29 => silent
        Count1Minute=0 Count1Hour=30 Count24Hours=30 => 50: 31 payments in 1 hour with this one, limit 30
        Count1Minute=0 Count1Hour=0 Count24Hours=99 => silent
        Count1Minute=0 Count1Hour=0 Count24Hours=100 => 50: 101 payments in 24 hours with this one, limit 100
        Count24Hours=1000 => 50: 1,001 payments in 24 hours with this one, limit 100
        Count1Hour=29 => silent
        - => silent
        """);

    [Fact]
    public void A_late_payment_counts_where_it_belongs()
    {
        var payer = new Payer().Paid(50_000).Paid(40_000).Paid(30_000).Paid(0);
        Assert.Null(payer.Asks<VelocityCountRule>());
        Assert.Null(payer.Paid(60_000).Asks<VelocityCountRule>());
        Assert.NotNull(payer.Paid(59_999).Asks<VelocityCountRule>());
    }
}
