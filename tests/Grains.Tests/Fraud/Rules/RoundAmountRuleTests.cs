using Grains.Fraud.Rules;

namespace Grains.Tests.Fraud.Rules;

public sealed class RoundAmountRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<RoundAmountRule>(
        """
        Amount=100000 AmountIsRound=1 ToCounterparty90Days=0 => 10: A round 1,000.00 USD to a new counterparty, limit 1,000.00 USD
        Amount=90000 AmountIsRound=1 ToCounterparty90Days=0 => silent
        Amount=100001 AmountIsRound=0 ToCounterparty90Days=0 => silent
        Amount=100000 AmountIsRound=1 ToCounterparty90Days=1 => silent
        Amount=100000 AmountIsRound=1 => silent
        Amount=100000 ToCounterparty90Days=0 => silent
        AmountIsRound=1 ToCounterparty90Days=0 => silent
        - => silent
        """);

    [Fact]
    public void A_late_payment_makes_the_counterparty_known()
    {
        var payer = new Payer().Paid(1_000);
        Assert.NotNull(payer.Asks<RoundAmountRule>(amount: 110_000, counterparty: 8));
        Assert.Null(payer.Asks<RoundAmountRule>(amount: 110_001, counterparty: 8));
        Assert.Null(payer.Paid(2_000, counterparty: 8).Asks<RoundAmountRule>(amount: 110_000, counterparty: 8));
    }
}
