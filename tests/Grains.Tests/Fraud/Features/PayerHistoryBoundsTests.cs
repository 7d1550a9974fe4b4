using Grains.Fraud;
using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;

namespace Grains.Tests.Fraud.Features;

public sealed class PayerHistoryBoundsTests
{
    private const long Now = 1_795_269_780_000;

    private static readonly PayerAttempt Attempt = new(12_000, Currency.Usd, 7, null, 0);

    [Fact]
    public void The_newest_1024_payments_count_though_some_are_removed()
    {
        var (live, told) = (new PayerHistory(), new PayerHistory());
        for (var id = 1L; id <= 3_000; id++)
        {
            live.Accept(Item(id, Now - 3_000 + id, id));
            Filled(live, Now - 3_000 + id);
        }

        for (var id = 2_950L; id <= 3_000; id++)
            live.Remove(id);
        for (var id = 1L; id < 2_950; id++)
            told.Accept(Item(id, Now - 3_000 + id, id));
        Assert.Equal(PayerHistory.MaxItems, Filled(live, Now)[Feature.Count90Days]);
        Assert.Equal(Enumerable.Range(2_950 - 1_024, 1_024).Sum(), Filled(live, Now)[Feature.Sum90Days]);
        Assert.Equal(Filled(told, Now).Values, Filled(live, Now).Values);
    }

    [Fact]
    public void The_largest_amounts_do_not_overflow()
    {
        var history = new PayerHistory();
        for (var id = 1L; id <= 2_000; id++)
            history.Accept(Item(id, Now - 2_000 + id, id % 2 == 0 ? Money.MaxPaymentMinorUnits : 0));
        var vector = new FeatureVector();
        history.Fill(vector, Attempt with { Amount = Money.MaxPaymentMinorUnits }, Now);
        Assert.Equal(512 * Money.MaxPaymentMinorUnits, vector[Feature.Sum30Days]);
        Assert.Equal(Money.MaxPaymentMinorUnits / 2, vector[Feature.Deviation30Days]);
        var same = new PayerHistory();
        for (var id = 1L; id <= 6; id++)
            same.Accept(Item(id, Now - id, 0));
        same.Fill(vector, Attempt with { Amount = Money.MaxPaymentMinorUnits }, Now);
        Assert.True(vector[Feature.RobustZ90DaysMilli] > 600_000_000_000_000_000);
    }

    [Fact]
    public void Memory_stays_bounded_and_a_small_history_small()
    {
        Assert.InRange(Allocated(static () => new PayerHistory()), 1, 100);
        Assert.InRange(Allocated(static () => Grown(3)), 1, 2_000);
        var history = Grown(200_000);
        var kept = Grown(200_000);
        Assert.InRange(Enumerable.Range(0, 2_000).Count(back => kept.Remove(200_000 - back)), PayerHistory.MaxItems, 1_100);
        for (var id = 0L; id < 5_000; id++)
            history.Reject(1_000_000 + id, Now + id);
        Assert.Equal(1_024, Filled(history, Now + 5_000)[Feature.Rejected24Hours]);
    }

    [Fact]
    public void Filling_allocates_nothing()
    {
        var history = Grown(500);
        var vector = new FeatureVector();
        history.Fill(vector, Attempt, Now);
        Assert.Equal(0, Allocated(() =>
        {
            for (var ms = 0; ms < 100; ms++)
                history.Fill(vector, Attempt, Now + (ms * 1_000_000L));
            return null;
        }));
    }

    private static PayerHistory Grown(int payments)
    {
        var history = new PayerHistory();
        var vector = new FeatureVector();
        for (var id = 1L; id <= payments; id++)
        {
            history.Accept(Item(id, Now - ((payments - id) * 10_000), id % 977) with { Counterparty = id % 50 });
            history.Fill(vector, Attempt, Now - ((payments - id) * 10_000));
        }

        return history;
    }

    private static long Allocated(Func<object?> made)
    {
        made();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var kept = made();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(kept);
        return allocated;
    }

    private static FeatureVector Filled(PayerHistory history, long nowMs)
    {
        var vector = new FeatureVector();
        history.Fill(vector, Attempt, nowMs);
        return vector;
    }

    private static PayerItem Item(long id, long timeMs, long amount) => new(id, timeMs, amount, 7, null, 0);
}
