using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;

namespace Ledger.Tests;

/// <summary>What was changed and is not in its table yet, where several processes change and sweep.</summary>
public sealed class UnsweptCountersTests
{
    private readonly UnsweptCounters unswept = new(sweepAt: 4);

    [Fact]
    public void What_changed_since_another_one_swept_stays()
    {
        unswept.Take(1, Of(10), 100);
        unswept.Take(2, Of(20), 101);
        unswept.Take(1, Of(11), 102);
        unswept.SweptByAnother(101);
        Assert.Equal((true, 11), Find(1));
        Assert.Equal((false, 0), Find(2));
        unswept.TakeSlice(10, 102, always: true);
        Assert.Equal([1], unswept.Slice.ToArray());
        Assert.Equal(102, unswept.DoneTo);
    }

    [Fact]
    public void A_sweep_that_another_one_did_is_not_gone_on_with()
    {
        foreach (var account in (long[])[1, 2, 3, 4])
            unswept.Take(account, Of(account), 100);
        unswept.TakeSlice(2, 100);
        Assert.Equal([1, 2], unswept.Slice.ToArray());
        unswept.Committed([Row(5)], 101);
        unswept.SweptByAnother(100);
        unswept.TakeSlice(10, 101);
        Assert.Equal((0, 0L), (unswept.Slice.Length, unswept.DoneTo));
        Assert.Equal((true, 5), Find(5));
    }

    [Fact]
    public void Another_ones_turn_is_waited_for_half_as_long_again()
    {
        unswept.IsAnothersTurn = true;
        for (var change = 1; change <= 5; change++)
        {
            unswept.Take(change, Of(change), change);
            unswept.TakeSlice(10, change);
            Assert.Equal(0, unswept.Slice.Length);
        }

        unswept.Take(6, Of(6), 6);
        unswept.TakeSlice(10, 6);
        Assert.Equal(6, unswept.Slice.Length);
    }

    [Fact]
    public void A_slice_that_was_refused_is_left_to_who_came_between()
    {
        unswept.Take(1, Of(1), 1);
        unswept.TakeSlice(10, 1, always: true);
        Assert.Equal(1, unswept.Slice.Length);
        unswept.LeaveToOthers();
        unswept.TakeSlice(10, 2);
        Assert.Equal(0, unswept.Slice.Length);
        Assert.Equal((true, 1), Find(1));
    }

    private static CounterState Of(long credits) => new() { CreditsPosted = credits, Activity = credits };

    private static AccountRow Row(long number) => new(new AccountRecord
    {
        Number = number,
        Id = AccountId.Parse($"a{number}"),
        Tenant = 1,
        Currency = Currency.Usd,
        Status = AccountStatus.Open,
        Floor = 0,
        Limits = AccountLimits.None,
        Counters = new Counters(0, number, 0, 0),
        Version = 1,
        EventVersion = 1,
        LastRow = 1,
        Activity = number,
        WrappedDataKey = null,
        SealedName = null,
        OpenedAtMs = 1,
    });

    private (bool IsFound, long Credits) Find(long account)
    {
        var isFound = unswept.TryFind(account, out var state);
        return (isFound, state.CreditsPosted);
    }
}
