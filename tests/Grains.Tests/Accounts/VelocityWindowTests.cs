using FsCheck;
using FsCheck.Fluent;
using Grains.Accounts;
using Grains.Interfaces.Accounts;

namespace Grains.Tests.Accounts;

public sealed class VelocityWindowTests
{
    private const long Start = 1_795_269_780_000;

    [Fact]
    public void The_current_sub_bucket_counts_whole_and_the_oldest_leaves_whole()
    {
        var window = Minute(count: 1);
        window.Add(Start, 10);
        Assert.True(window.IsExceeded(Start, 1));
        Assert.True(window.IsExceeded(Start + 59_999, 1));
        Assert.False(window.IsExceeded(Start + 60_000, 1));
    }

    [Fact]
    public void Its_use_says_when_the_oldest_sub_bucket_frees()
    {
        var window = Minute(count: 10);
        Assert.Equal(new WindowUse(0, 0, null), window.Use(Start));
        window.Add(Start + 500, 10);
        window.Add(Start + 30_000, 20);
        Assert.Equal(new WindowUse(2, 30, DateTimeOffset.FromUnixTimeMilliseconds(Start + 60_000)), window.Use(Start + 30_000));
        Assert.Equal(new WindowUse(1, 20, DateTimeOffset.FromUnixTimeMilliseconds(Start + 90_000)), window.Use(Start + 60_000));
    }

    [Fact]
    public void A_clock_that_goes_back_frees_nothing()
    {
        var window = Minute(count: 1);
        window.Add(Start, 10);
        window.Add(Start - 30_000, 10);
        Assert.Equal(2, window.Use(Start - 40_000).Count);
    }

    [Fact]
    public void Any_history_is_counted_as_a_list_would_count_it() =>
        Prop.ForAll(
            Gen.ListOf(from step in Gen.Choose(0, 20_000) from amount in Gen.Choose(1, 1_000) select (step, amount)).ToArbitrary(),
            static history =>
            {
                var window = Minute(count: 1_000_000);
                var list = new List<(long Time, long Amount)>();
                var now = Start;
                foreach (var (step, amount) in history)
                {
                    now += step;
                    window.Add(now, amount);
                    list.Add((now, amount));
                    var oldest = ((now / 1_000) - VelocityWindow.SubBuckets + 1) * 1_000;
                    var inside = list.Where(entry => entry.Time >= oldest).ToList();
                    var use = window.Use(now);
                    if (use.Count != inside.Count || use.Amount != inside.Sum(static entry => entry.Amount))
                        return false;
                }

                return true;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void When_it_says_that_a_payment_fits_it_fits_and_not_before() =>
        Prop.ForAll(
            Gen.ListOf(from step in Gen.Choose(0, 9_000) from amount in Gen.Choose(1, 400) select (step, amount)).ToArbitrary(),
            static history =>
            {
                var window = new VelocityWindow("perMinute", VelocityWindows.MinuteMs, new WindowLimit(5, 1_000));
                var now = Start;
                foreach (var (step, amount) in history)
                {
                    now += step;
                    if (!window.IsExceeded(now, amount))
                        window.Add(now, amount);
                }

                if (!window.IsExceeded(now, 300))
                    return true;
                var fits = window.FitsAt(now, 300)!.Value.ToUnixTimeMilliseconds();
                return fits > now && window.IsExceeded(fits - 1, 300) && !window.IsExceeded(fits, 300);
            }).QuickCheckThrowOnFailure();

    private static VelocityWindow Minute(long count) => new("perMinute", VelocityWindows.MinuteMs, new WindowLimit(count, null));
}
