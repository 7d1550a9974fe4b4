using Grains.Fraud.Detectors;

namespace Grains.Tests.Fraud.Detectors;

public sealed class DetectorOptionsTests
{
    [Fact]
    public void As_delivered_all_look_and_none_freezes()
    {
        var active = new DetectorOptions().Active();
        Assert.Equal(["card_testing_spread", "mule_ring", "new_payee", "shared_address", "shared_device"], active.Select(static each => each.Name));
        Assert.All(active, static each => Assert.False(each.Freezes));
        Assert.All(DetectorOptions.All.SelectMany(static kind => kind.Parameters), static parameter => Assert.InRange(parameter.Default, parameter.Min, parameter.Max));
    }

    [Fact]
    public void One_that_is_off_does_not_look()
    {
        var options = new DetectorOptions();
        options.ByName["mule_ring"] = new DetectorSetting { IsEnabled = false };
        options.ByName["new_payee"] = new DetectorSetting { Freeze = true };
        Assert.Equal(["new_payee"], options.Active().Where(static each => each.Freezes).Select(static each => each.Name));
        Assert.Equal(4, options.Active().Count);
    }

    [Theory]
    [InlineData("nonsense", "min_payers", 5, "There is no detector 'nonsense'")]
    [InlineData("mule_ring", "nonsense", 5, "'nonsense' is no parameter of mule_ring")]
    [InlineData("mule_ring", "min_payers", 1, "min_payers of mule_ring must be from 2 to 200 payers.")]
    [InlineData("mule_ring", "min_payers", 201, "min_payers of mule_ring must be from 2 to 200 payers.")]
    public void What_there_is_not_or_is_out_of_bounds_is_refused(string detector, string parameter, long value, string why)
    {
        var options = new DetectorOptions();
        options.ByName[detector] = new DetectorSetting { Parameters = { [parameter] = value } };
        Assert.StartsWith(why, Assert.Throws<ArgumentException>(options.Active).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_is_bounded_and_what_was_silent_longest_is_forgotten()
    {
        var windows = new KeyedWindows<SeenMoney>(60_000, maxOfKey: 4, maxItems: 100);
        for (var i = 0; i < 1_000; i++)
            windows.Add(i / 10, new SeenMoney(i, i, 0, 0, default));
        Assert.InRange(windows.Count, 4, 100);
        Assert.Equal(4, windows.Find(99)!.Count);
        Assert.Null(windows.Find(0));
    }
}
