using Grains.Fraud.Cards;
using Grains.Fraud.Entities;
using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud;

/// <summary>What cards, addresses and devices know goes along in bytes, which releases before and after this one can read.</summary>
public sealed class MovedEntityTests
{
    private const long Hour = 3_600_000;

    [Fact]
    public async Task A_card_counts_on_where_it_was_moved()
    {
        var before = new CardEntityGrain();
        for (var i = 1; i <= 5; i++)
            await before.See(new CardSighting(i, Merchant: i % 2, Amount: 100, TimeMs: i * 1_000));
        await before.Decline(new CardSighting(4, 0, 100, 4_000));
        var (moved, expected) = (Moved(before, new CardEntityGrain()), await before.See(new CardSighting(9, 7, 100, Hour)));
        // An attempt that it knows is no second one.
        await moved.See(new CardSighting(5, 1, 100, 5_000));
        Assert.Equal(expected, await moved.See(new CardSighting(9, 7, 100, Hour)));
        Assert.Equal((5, 1), (expected.Attempts1Hour, expected.Declined1Hour));
        Assert.True(await moved.Decline(new CardSighting(3, 1, 100, 3_000)));
        Assert.Equal(2, (await moved.See(new CardSighting(10, 7, 100, Hour + 1))).Declined1Hour);
    }

    [Fact]
    public async Task A_device_counts_on_where_it_was_moved()
    {
        var key = new RiskEntityKey(RiskEntityKind.Device, 5);
        var before = new RiskEntityGrain(key);
        for (var payer = 1; payer <= 3; payer++)
            await before.See(new EntitySighting(payer, payer, payer * 1_000));
        var moved = new RiskEntityGrain(key);
        moved.Restore(before.Save());
        Assert.Equal(3, (await moved.See(new EntitySighting(4, 3, 5_000))).Payers);
        Assert.Equal(4, (await moved.See(new EntitySighting(5, 4, 6_000))).Payers);
    }

    [Fact]
    public void Who_knows_nothing_takes_nothing_along() => Assert.Null(new CardEntityGrain().Save());

    [Fact]
    public void A_release_that_adds_numbers_is_read_by_one_before_it_and_one_that_has_fewer_is_not()
    {
        var saved = SavedItems.Write(2, 4, static (index, numbers) => (numbers[0], numbers[1], numbers[2], numbers[3]) = (index, 10, 20, 30));
        var read = new List<(long, long, long)>();
        SavedItems.Read(saved, 3, (_, numbers) => read.Add((numbers[0], numbers[1], numbers[2])));
        Assert.Equal([(0, 10, 20), (1, 10, 20)], read);
        SavedItems.Read(saved, 5, static (_, _) => Assert.Fail("Of what is not there nothing is made up."));
        foreach (var damaged in new byte[][] { [], [1], [2, 3, 0, 0], [1, 3, 0] })
            SavedItems.Read(damaged, 3, static (_, _) => Assert.Fail("What cannot be read is left out."));
    }

    private static CardEntityGrain Moved(CardEntityGrain from, CardEntityGrain to)
    {
        to.Restore(from.Save());
        return to;
    }
}
