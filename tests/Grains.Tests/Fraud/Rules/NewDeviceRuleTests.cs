using Grains.Fraud.Features;
using Grains.Fraud.Rules;

namespace Grains.Tests.Fraud.Rules;

public sealed class NewDeviceRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<NewDeviceRule>(
        """
        Amount=50000 DeviceIsNew=1 SinceFirstMs=604800000 => 20: 500.00 USD from a device first seen now, of a payer for 7 d 00 h, limit 500.00 USD
        Amount=49999 DeviceIsNew=1 SinceFirstMs=604800000 => silent
        Amount=50000 DeviceIsNew=1 SinceFirstMs=604799999 => silent
        Amount=50000 DeviceIsNew=0 SinceFirstMs=604800000 => silent
        Amount=50000 DeviceIsNew=1 => silent
        Amount=50000 SinceFirstMs=604800000 => silent
        DeviceIsNew=1 SinceFirstMs=604800000 => silent
        - => silent
        """);

    [Fact]
    public void A_late_payment_makes_the_device_known()
    {
        var payer = new Payer().Paid(8 * WindowMs.Day, device: 1);
        Assert.NotNull(payer.Asks<NewDeviceRule>(amount: 50_000, device: 2));
        Assert.Null(payer.Asks<NewDeviceRule>(amount: 50_000));
        Assert.Null(payer.Paid(9 * WindowMs.Day, device: 2).Asks<NewDeviceRule>(amount: 50_000, device: 2));
    }
}
