using Grains.Fraud.Rules;

namespace Grains.Tests.Fraud.Rules;

public sealed class VelocityAmountRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<VelocityAmountRule>(
        """
        Amount=1 Count1Hour=1 Sum1Hour=1999999 => silent
        Amount=2 Count1Hour=1 Sum1Hour=1999999 => 50: 20,000.01 USD in 2 payments in 1 hour with this one, limit 20,000.00 USD
        Amount=1 Count1Hour=0 Sum1Hour=0 Count24Hours=3 Sum24Hours=4999999 => silent
        Amount=2 Count1Hour=0 Sum1Hour=0 Count24Hours=3 Sum24Hours=4999999 => 50: 50,000.01 USD in 4 payments in 24 hours with this one, limit 50,000.00 USD
        Amount=9000000 Count1Hour=0 Sum1Hour=0 Count24Hours=0 Sum24Hours=0 => silent
        Amount=9000000 Count1Hour=1 => silent
        Count1Hour=5 Sum1Hour=9000000 => silent
        - => silent
        """);

    [Fact]
    public void A_late_payment_counts_where_it_belongs()
    {
        var payer = new Payer().Paid(1_000, amount: 1_000_000);
        Assert.Null(payer.Asks<VelocityAmountRule>(amount: 999_000));
        Assert.Null(payer.Paid(3_600_000, amount: 1_001).Asks<VelocityAmountRule>(amount: 999_000));
        Assert.NotNull(payer.Paid(3_599_999, amount: 1_001).Asks<VelocityAmountRule>(amount: 999_000));
    }
}
