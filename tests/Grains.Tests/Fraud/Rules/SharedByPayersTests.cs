using Grains.Fraud;
using Grains.Fraud.Features;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Rules;

/// <summary>The rules on an address and on a device that many payers share.</summary>
public sealed class SharedByPayersTests
{
    [Fact]
    public void The_golden_list_of_an_address() => GoldenList.Check<SharedAddressRule>(
        """
        IpPayers1Hour=10 => 20: 10 payers from this address in 1 hour, limit 10
        IpPayers1Hour=9 => silent
        IpPayers1Hour=1200 => 20: 1,200 payers from this address in 1 hour, limit 10
        IpPayers1Hour=10 LocationIsUnreliable=1 => silent
        IpPayers1Hour=10 LocationIsUnreliable=0 => 20: 10 payers from this address in 1 hour, limit 10
        - => silent
        """);

    [Fact]
    public void The_golden_list_of_a_device() => GoldenList.Check<SharedDeviceRule>(
        """
        DevicePayers24Hours=4 => 30: 4 payers on this device in 24 hours, limit 4
        DevicePayers24Hours=3 => silent
        DevicePayers24Hours=1200 => 30: 1,200 payers on this device in 24 hours, limit 4
        - => silent
        """);

    [Fact]
    public void A_late_payment_from_an_address_counts_where_it_belongs() =>
        CountsWhereItBelongs<SharedAddressRule>(DistinctWindow.OfAddress(), Feature.IpPayers1Hour, limit: 10, WindowMs.Hour);

    [Fact]
    public void A_late_payment_on_a_device_counts_where_it_belongs() =>
        CountsWhereItBelongs<SharedDeviceRule>(DistinctWindow.OfDevice(), Feature.DevicePayers24Hours, limit: 4, WindowMs.Day);

    // With the payment's own payer two short of the limit: one who came just too long ago changes nothing, one a moment later does.
    private static void CountsWhereItBelongs<TRule>(DistinctWindow seen, Feature payers, int limit, long windowMs)
        where TRule : IFraudRule, new()
    {
        for (var payer = 1; payer <= limit - 2; payer++)
            seen.See(payer, Payer.Now, payer);
        Assert.False(Speaks());
        seen.See(100, Payer.Now - windowMs, 100);
        Assert.False(Speaks());
        seen.See(101, Payer.Now - windowMs + 1, 101);
        Assert.True(Speaks());

        bool Speaks() => new Payer().Asks<TRule>(also: vector => vector[payers] = seen.Count(Payer.Now, 99)) is not null;
    }
}
