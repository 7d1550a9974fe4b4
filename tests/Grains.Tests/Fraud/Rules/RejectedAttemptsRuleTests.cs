using Grains.Fraud.Rules;

namespace Grains.Tests.Fraud.Rules;

public sealed class RejectedAttemptsRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<RejectedAttemptsRule>(
        """
        Rejected1Hour=4 Rejected24Hours=4 => silent
        Rejected1Hour=5 Rejected24Hours=5 => 30: 5 rejected attempts of the payer in 1 hour, limit 5
        Rejected1Hour=0 Rejected24Hours=14 => silent
        Rejected1Hour=0 Rejected24Hours=15 => 30: 15 rejected attempts of the payer in 24 hours, limit 15
        Rejected24Hours=15 => 30: 15 rejected attempts of the payer in 24 hours, limit 15
        - => silent
        """);

    [Fact]
    public void A_late_rejection_counts_where_it_belongs()
    {
        var payer = new Payer().WasRejected(0).WasRejected(1).WasRejected(2).WasRejected(3);
        Assert.Null(payer.WasRejected(3_600_000).Asks<RejectedAttemptsRule>());
        Assert.NotNull(payer.WasRejected(3_599_999).Asks<RejectedAttemptsRule>());
    }
}
