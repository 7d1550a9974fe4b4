using Grains.Fraud.Features;
using Grains.Fraud.Rules;

namespace Grains.Tests.Fraud.Rules;

public sealed class NewCounterpartyRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<NewCounterpartyRule>(
        """
        Amount=150000 ToCounterparty90Days=0 Average30Days=20000 => 40: First payment to this counterparty in 90 days: 1,500.00 USD, 750 % of the payer's average of 200.00 USD, limit 300 %
        Amount=150000 ToCounterparty90Days=1 Average30Days=20000 => silent
        Amount=99999 ToCounterparty90Days=0 Average30Days=20000 => silent
        Amount=100000 ToCounterparty90Days=0 Average30Days=33333 => 40: First payment to this counterparty in 90 days: 1,000.00 USD, 300 % of the payer's average of 333.33 USD, limit 300 %
        Amount=100000 ToCounterparty90Days=0 Average30Days=33334 => silent
        Amount=1000000000000000 ToCounterparty90Days=0 Average30Days=0 => 40: First payment to this counterparty in 90 days: 10,000,000,000,000.00 USD, 100,000,000,000,000,000 % of the payer's average of 0.00 USD, limit 300 %
        Amount=150000 ToCounterparty90Days=0 => silent
        Amount=150000 Average30Days=20000 => silent
        ToCounterparty90Days=0 Average30Days=20000 => silent
        - => silent
        """);

    [Fact]
    public void A_late_payment_makes_the_counterparty_known()
    {
        var payer = new Payer().Paid(WindowMs.Day, amount: 20_000);
        Assert.NotNull(payer.Asks<NewCounterpartyRule>(amount: 150_000, counterparty: 8));
        Assert.Null(payer.Paid(2 * WindowMs.Day, amount: 20_000, counterparty: 8).Asks<NewCounterpartyRule>(amount: 150_000, counterparty: 8));
    }
}
