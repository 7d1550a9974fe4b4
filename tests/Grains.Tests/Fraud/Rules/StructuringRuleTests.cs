using Grains.Fraud.Features;
using Grains.Fraud.Rules;

namespace Grains.Tests.Fraud.Rules;

public sealed class StructuringRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<StructuringRule>(
        """
        Amount=950000 NearThreshold24Hours=2 NearThresholdSum24Hours=1900000 => 50: 3 payments in 24 hours of 8,000 up to under 10,000 USD, 28,500.00 USD together, limit 3
        Amount=950000 NearThreshold24Hours=1 NearThresholdSum24Hours=900000 => silent
        Amount=1000000 NearThreshold24Hours=2 NearThresholdSum24Hours=1900000 => silent
        Amount=999999 NearThreshold24Hours=2 NearThresholdSum24Hours=1900000 => 50: 3 payments in 24 hours of 8,000 up to under 10,000 USD, 28,999.99 USD together, limit 3
        Amount=800000 NearThreshold24Hours=2 NearThresholdSum24Hours=1900000 => 50: 3 payments in 24 hours of 8,000 up to under 10,000 USD, 27,000.00 USD together, limit 3
        Amount=799999 NearThreshold24Hours=2 NearThresholdSum24Hours=1900000 => silent
        NearThreshold24Hours=2 NearThresholdSum24Hours=1900000 => silent
        Amount=950000 => silent
        - => silent
        """);

    [Fact]
    public void A_late_payment_counts_where_it_belongs()
    {
        var payer = new Payer().Paid(1_000, amount: 900_000);
        Assert.Null(payer.Paid(WindowMs.Day, amount: 900_000).Asks<StructuringRule>(amount: 900_000));
        Assert.NotNull(payer.Paid(WindowMs.Day - 1, amount: 900_000).Asks<StructuringRule>(amount: 900_000));
    }
}
