using Grains.Fraud.Features;
using Grains.Fraud.Rules;

namespace Grains.Tests.Fraud.Rules;

public sealed class FanInRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<FanInRule>(
        """
        IncomingDistinct24Hours=5 IncomingSum24Hours=100000 => 30: 5 payers credited this account with 1,000.00 USD in 24 hours, limit 5
        IncomingDistinct24Hours=4 IncomingSum24Hours=100000 => silent
        IncomingDistinct24Hours=5 IncomingSum24Hours=99999 => silent
        IncomingDistinct24Hours=5 => silent
        IncomingSum24Hours=100000 => silent
        - => silent
        """);

    [Fact]
    public void A_late_credit_counts_where_it_belongs()
    {
        var incoming = new IncomingWindow();
        for (var debtor = 1; debtor <= 4; debtor++)
            incoming.Add(debtor, Payer.Now - debtor, 50_000, debtor);
        Assert.Null(Said(incoming));
        incoming.Add(5, Payer.Now - WindowMs.Day, 50_000, 5);
        Assert.Null(Said(incoming));
        incoming.Add(6, Payer.Now - WindowMs.Day + 1, 50_000, 6);
        Assert.Equal("5 payers credited this account with 2,500.00 USD in 24 hours, limit 5", Said(incoming));
    }

    private static string? Said(IncomingWindow incoming) =>
        new Payer().Asks<FanInRule>(also: vector => incoming.Fill(vector, Payer.Now))?.Text;
}
