using Grains.Fraud.Features;
using Grains.Fraud.Rules;

namespace Grains.Tests.Fraud.Rules;

public sealed class PassThroughRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<PassThroughRule>(
        """
        Amount=80000 Sum24Hours=0 IncomingSum24Hours=100000 SinceIncomingMs=3600000 => 50: 800.00 USD of 1,000.00 USD credited in 24 hours goes out again, 80 %, 1 h 00 after the last credit, limit 80 %
        Amount=79999 Sum24Hours=0 IncomingSum24Hours=100000 SinceIncomingMs=3600000 => silent
        Amount=80000 Sum24Hours=0 IncomingSum24Hours=100000 SinceIncomingMs=3600001 => silent
        Amount=80000 Sum24Hours=0 IncomingSum24Hours=99999 SinceIncomingMs=0 => silent
        Amount=60000 Sum24Hours=60999 IncomingSum24Hours=100000 SinceIncomingMs=61000 => 50: 1,209.99 USD of 1,000.00 USD credited in 24 hours goes out again, 120 %, 1 min after the last credit, limit 80 %
        Amount=60000 Sum24Hours=61000 IncomingSum24Hours=100000 SinceIncomingMs=61000 => silent
        Amount=80000 IncomingSum24Hours=100000 SinceIncomingMs=0 => silent
        Amount=80000 Sum24Hours=0 IncomingSum24Hours=100000 => silent
        Amount=80000 Sum24Hours=0 SinceIncomingMs=0 => silent
        Sum24Hours=80000 IncomingSum24Hours=100000 SinceIncomingMs=0 => silent
        - => silent
        """);

    [Fact]
    public void A_late_credit_counts_where_it_belongs()
    {
        var incoming = new IncomingWindow();
        incoming.Add(1, Payer.Now - WindowMs.Hour - 1, 100_000, 1);
        Assert.Null(Said(incoming));
        incoming.Add(2, Payer.Now - WindowMs.Hour, 1_000, 2);
        Assert.NotNull(Said(incoming));
    }

    private static string? Said(IncomingWindow incoming) =>
        new Payer().Asks<PassThroughRule>(amount: 90_000, also: vector => incoming.Fill(vector, Payer.Now))?.Text;
}
