using Grains.Fraud.Features;
using Grains.Fraud.Rules;

namespace Grains.Tests.Fraud.Rules;

public sealed class ExceptionalAmountRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<ExceptionalAmountRule>(
        """
        Amount=150000 RobustZ90DaysMilli=14752 => 40: 1,500.00 USD lies 14.7 robust deviations above the payer's usual amount, limit 6.0
        Amount=150000 RobustZ90DaysMilli=6000 => 40: 1,500.00 USD lies 6.0 robust deviations above the payer's usual amount, limit 6.0
        Amount=150000 RobustZ90DaysMilli=5999 => silent
        Amount=150000 RobustZ90DaysMilli=-9000 => silent
        Amount=10000 RobustZ90DaysMilli=6000 => 40: 100.00 USD lies 6.0 robust deviations above the payer's usual amount, limit 6.0
        Amount=9999 RobustZ90DaysMilli=6000 => silent
        RobustZ90DaysMilli=6000 => silent
        Amount=150000 => silent
        - => silent
        """);

    [Fact]
    public void Late_payments_make_what_is_usual()
    {
        var payer = new Payer().Paid(5_000, 900).Paid(4_000, 1_000).Paid(3_000, 1_100).Paid(2_000, 1_000);
        Assert.Null(payer.Asks<ExceptionalAmountRule>(amount: 50_000));
        Assert.Null(payer.Paid(WindowMs.Quarter, 1_200).Asks<ExceptionalAmountRule>(amount: 50_000));
        Assert.NotNull(payer.Paid(WindowMs.Quarter - 1, 1_200).Asks<ExceptionalAmountRule>(amount: 50_000));
        Assert.Null(payer.Asks<ExceptionalAmountRule>(amount: 1_500));
    }
}
