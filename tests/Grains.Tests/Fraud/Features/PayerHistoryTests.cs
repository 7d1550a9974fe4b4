using FsCheck;
using FsCheck.Fluent;
using Grains.Fraud;
using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;

namespace Grains.Tests.Fraud.Features;

public sealed class PayerHistoryTests
{
    private const long Now = 1_795_269_780_000;

    private static readonly PayerAttempt Attempt = new(12_000, Currency.Usd, 7, null, 0);

    [Theory]
    [InlineData(WindowMs.Minute, Feature.Count1Minute, Feature.Sum1Minute)]
    [InlineData(WindowMs.Hour, Feature.Count1Hour, Feature.Sum1Hour)]
    [InlineData(WindowMs.Day, Feature.Count24Hours, Feature.Sum24Hours)]
    [InlineData(WindowMs.Week, Feature.Count7Days, Feature.Sum7Days)]
    [InlineData(WindowMs.Month, Feature.Count30Days, Feature.Sum30Days)]
    [InlineData(WindowMs.Quarter, Feature.Count90Days, Feature.Sum90Days)]
    public void A_window_ends_now_included_and_begins_its_length_ago_excluded(long lengthMs, Feature count, Feature sum)
    {
        var history = new PayerHistory();
        history.Accept(Item(1, Now - lengthMs, 1_000));
        history.Accept(Item(2, Now - lengthMs + 1, 200));
        history.Accept(Item(3, Now, 30));
        history.Accept(Item(4, Now + 1, 4));
        var vector = Filled(history, Now);
        Assert.Equal((2, 230), (vector[count], vector[sum]));
    }

    [Fact]
    public void Without_a_history_counts_are_none_and_averages_are_missing()
    {
        var vector = Filled(new PayerHistory(), Now);
        foreach (var feature in (Feature[])[Feature.Count90Days, Feature.Sum90Days, Feature.Rejected24Hours, Feature.ToCounterparty90Days, Feature.DistinctCounterparties30Days, Feature.NearThreshold24Hours])
            Assert.Equal(0, vector[feature]);
        foreach (var feature in (Feature[])[Feature.Average30Days, Feature.Deviation30Days, Feature.Max30Days, Feature.RobustZ90DaysMilli, Feature.SinceLastMs, Feature.SinceFirstMs, Feature.TravelMetres, Feature.TravelMs, Feature.DeviceIsNew])
            Assert.False(vector.Has(feature));
        Assert.Equal(12_000, vector[Feature.Amount]);
    }

    [Fact]
    public void A_history_that_emptied_says_what_a_new_one_says()
    {
        var history = new PayerHistory();
        history.Accept(Item(1, Now - 10, 5) with { Device = 3, Place = new PlaceMicrodegrees(1, 1) });
        Filled(history, Now);
        Assert.True(history.Remove(1));
        Assert.Equal(Filled(new PayerHistory(), Now).Values, Filled(history, Now).Values);
        Assert.Equal(0, history.LatestMs);
    }

    [Theory]
    [InlineData("USD", 10_000, 1)]
    [InlineData("USD", 10_001, 0)]
    [InlineData("USD", 9_999, 0)]
    [InlineData("USD", 0, 0)]
    [InlineData("JPY", 100, 1)]
    [InlineData("JPY", 150, 0)]
    [InlineData("BHD", 100_000, 1)]
    [InlineData("BHD", 10_000, 0)]
    public void A_round_amount_is_a_multiple_of_100_major_units(string currency, long amount, long expected)
    {
        var vector = new FeatureVector();
        new PayerHistory().Fill(vector, Attempt with { Amount = amount, Currency = Currency.Parse(currency) }, Now);
        Assert.Equal(expected, vector[Feature.AmountIsRound]);
    }

    [Fact]
    public void Amounts_near_the_threshold_are_judged_in_the_attempts_currency()
    {
        var history = new PayerHistory();
        foreach (var (id, amount) in ((long, long)[])[(1, 799_999), (2, 800_000), (3, 999_999), (4, 1_000_000)])
            history.Accept(Item(id, Now - id, amount));
        var vector = Filled(history, Now);
        Assert.Equal((2, 1_799_999), (vector[Feature.NearThreshold24Hours], vector[Feature.NearThresholdSum24Hours]));
        history.Fill(vector, Attempt with { Currency = Currency.Parse("JPY") }, Now);
        Assert.Equal(0, vector[Feature.NearThreshold24Hours]);
        history.Fill(vector, Attempt, Now + WindowMs.Day - 3);
        Assert.Equal((1, 800_000), (vector[Feature.NearThreshold24Hours], vector[Feature.NearThresholdSum24Hours]));
    }

    [Fact]
    public void A_late_payment_counts_from_its_own_time_on()
    {
        var (inOrder, late) = (new PayerHistory(), new PayerHistory());
        inOrder.Accept(Item(1, Now - 90_000, 1));
        inOrder.Accept(Item(2, Now - 30_000, 2));
        inOrder.Accept(Item(3, Now, 4));
        late.Accept(Item(1, Now - 90_000, 1));
        late.Accept(Item(3, Now, 4));
        Assert.Equal(1, Filled(late, Now)[Feature.Count1Minute]);
        late.Accept(Item(2, Now - 30_000, 2));
        Assert.Equal((2, 6), (Filled(late, Now)[Feature.Count1Minute], Filled(late, Now)[Feature.Sum1Minute]));
        Assert.Equal(Filled(inOrder, Now).Values, Filled(late, Now).Values);
        Assert.Equal(Now, late.LatestMs);
    }

    [Fact]
    public void A_payment_counts_once_however_often_it_is_told()
    {
        var history = new PayerHistory();
        history.Accept(Item(2, Now, 5));
        history.Accept(Item(1, Now - 1, 7));
        history.Accept(Item(2, Now, 5));
        history.Accept(Item(1, Now - 1, 7));
        history.Reject(3, Now);
        history.Reject(3, Now);
        var vector = Filled(history, Now);
        Assert.Equal((2, 12, 1), (vector[Feature.Count1Hour], vector[Feature.Sum1Hour], vector[Feature.Rejected1Hour]));
        Assert.True(history.Remove(3) && !history.Remove(3));
        Assert.Equal(0, Filled(history, Now)[Feature.Rejected1Hour]);
    }

    [Fact]
    public void Travel_is_from_the_last_payment_that_had_a_place()
    {
        var history = new PayerHistory();
        history.Accept(Item(1, Now - 7_200_000, 5) with { Place = RulePlaces.NewYork });
        history.Accept(Item(2, Now - 60_000, 5));
        var vector = new FeatureVector();
        history.Fill(vector, Attempt with { Place = RulePlaces.London }, Now);
        Assert.Equal((5_570_230, 7_200_000), (vector[Feature.TravelMetres], vector[Feature.TravelMs]));
        Assert.Equal("New York", history.LastPlace.ToString());
        history.Fill(vector, Attempt, Now);
        Assert.False(vector.Has(Feature.TravelMetres));
        history.Remove(1);
        history.Fill(vector, Attempt with { Place = RulePlaces.London }, Now);
        Assert.False(vector.Has(Feature.TravelMs));
    }

    [Fact]
    public void A_removed_payment_leaves_no_trace()
    {
        var history = new PayerHistory();
        history.Accept(Item(1, Now - 500, 5) with { Device = 9 });
        var before = Filled(history, Now).Values.ToArray();
        history.Accept(Item(2, Now - 400, 5_000) with { Device = 8, Place = RulePlaces.London, Counterparty = 44 });
        Assert.NotEqual(before, Filled(history, Now).Values.ToArray());
        Assert.True(history.Remove(2));
        Assert.False(history.Remove(2));
        Assert.Equal(before, Filled(history, Now).Values.ToArray());
    }

    [Fact]
    public void An_amount_that_no_payment_can_have_is_a_bug()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => new PayerHistory().Accept(Item(1, Now, -1)));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new PayerHistory().Accept(Item(1, Now, Money.MaxPaymentMinorUnits + 1)));
    }

    [Fact]
    public void Any_history_is_what_counting_anew_gives() =>
        Prop.ForAll(
            Gen.ListOf(
                from kind in Gen.Choose(0, 9)
                from step in Gen.OneOf(Gen.Choose(0, 5), Gen.Choose(0, 90_000), Gen.Choose(0, 2_000_000), Gen.Choose(0, 600_000_000))
                from amount in Gen.OneOf(Gen.Choose(0, 5), Gen.Choose(1, 2_000_000))
                from other in Gen.Choose(0, 5)
                select (kind, step, amount, other), 80).ToArbitrary(),
            static steps => Agrees(steps)).QuickCheckThrowOnFailure();

    private static bool Agrees(IEnumerable<(int Kind, int Step, int Amount, int Other)> steps)
    {
        var (history, naive, now, id) = (new PayerHistory(), new NaiveHistory(), Now, 0L);
        foreach (var (kind, step, amount, other) in steps)
        {
            PlaceMicrodegrees? place = other % 3 == 0 ? new PlaceMicrodegrees(amount * 10, other * 1_000_000) : null;
            if (kind == 0)
                now -= step % WindowMs.Hour;
            else
                now += step;
            switch (kind)
            {
                case 1 or 2:
                    history.Reject(++id, now - other);
                    naive.Rejected.Add((id, now - other));
                    break;
                case 3:
                    var removed = id - other;
                    history.Remove(removed);
                    naive.Accepted.RemoveAll(item => item.Id == removed);
                    naive.Rejected.RemoveAll(item => item.Id == removed);
                    break;
                default:
                    var late = kind == 4 ? step / 2 : 0;
                    var item = new PayerItem(++id, now - late, amount, other, place, other % 2 == 0 ? other : 0);
                    history.Accept(item);
                    naive.Accepted.Add(item);
                    break;
            }

            if (kind == 9)
                continue;
            var attempt = new PayerAttempt(amount, Currency.Parse(other == 1 ? "JPY" : "USD"), other, place, other);
            var (filled, expected) = (new FeatureVector(), new FeatureVector());
            history.Fill(filled, attempt, now);
            naive.Fill(expected, attempt, now);
            foreach (var feature in Enum.GetValues<Feature>())
                if (filled[feature] != expected[feature])
                    throw new InvalidOperationException($"{feature}: {filled[feature]}, counted anew {expected[feature]}.");
        }

        return true;
    }

    private static FeatureVector Filled(PayerHistory history, long nowMs)
    {
        var vector = new FeatureVector();
        history.Fill(vector, Attempt, nowMs);
        return vector;
    }

    private static PayerItem Item(long id, long timeMs, long amount) => new(id, timeMs, amount, 7, null, 0);
}
