using FsCheck;
using FsCheck.Fluent;
using Grains.Fraud;
using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Features;

public sealed class AttemptWindowTests
{
    private const long Now = 1_795_269_780_000;

    [Fact]
    public void A_window_ends_now_included_and_begins_its_length_ago_excluded()
    {
        var window = AttemptWindow.OfMerchant();
        window.Add(new CardAttempt(1, Now - WindowMs.TenMinutes, 1, 1, 10, true));
        window.Add(new CardAttempt(2, Now - WindowMs.TenMinutes + 1, 2, 2, 20, true));
        window.Add(new CardAttempt(3, Now, 3, 2, 40, false));
        window.Add(new CardAttempt(4, Now + 1, 4, 4, 80, true));
        Assert.Equal(new AttemptCounts(2, 1, 2, 1, 1, 1), window.Counts(WindowMs.TenMinutes, Now));
        Assert.Equal(20, window.MedianDeclined(WindowMs.TenMinutes, Now));
        Assert.Null(AttemptWindow.OfMerchant().MedianDeclined(WindowMs.TenMinutes, Now));
    }

    [Fact]
    public void What_is_declined_later_counts_as_declined_from_then_on()
    {
        var window = AttemptWindow.OfCard();
        window.Add(new CardAttempt(1, Now, 1, 1, 10, false));
        Assert.Equal(0, window.Counts(WindowMs.Hour, Now).Declined);
        Assert.True(window.Decline(1) && window.Decline(1) && !window.Decline(2));
        Assert.Equal(new AttemptCounts(1, 1, 1, 1, 1, 1), window.Counts(WindowMs.Hour, Now));
        Assert.True(window.Remove(1) && !window.Remove(1));
        Assert.Equal(default, window.Counts(WindowMs.Day, Now));
    }

    [Fact]
    public void Memory_stays_bounded_under_an_attack()
    {
        var window = AttemptWindow.OfMerchant();
        for (var id = 1L; id <= 10_000; id++)
            window.Add(new CardAttempt(id, Now + id, id, id, 1, true));
        Assert.Equal(AttemptWindow.MaxAttempts, window.Count);
        Assert.Equal(AttemptWindow.MaxAttempts, window.Counts(WindowMs.TenMinutes, Now + 10_000).DeclinedCards);
        window.Add(new CardAttempt(20_000, Now + WindowMs.Day, 1, 1, 1, true));
        Assert.Equal(1, window.Count);
    }

    [Fact]
    public void Any_attempts_are_what_counting_anew_gives() =>
        Prop.ForAll(
            Gen.ListOf(
                from kind in Gen.Choose(0, 9)
                from step in Gen.OneOf(Gen.Choose(0, 5), Gen.Choose(0, 600_000), Gen.Choose(0, 9_000_000))
                from card in Gen.Choose(0, 5)
                from other in Gen.Choose(0, 3)
                select (kind, step, card, other), 60).ToArbitrary(),
            static steps => Agrees(steps)).QuickCheckThrowOnFailure();

    [Fact]
    public void Distinct_payers_count_the_one_of_now_whether_seen_or_not()
    {
        var window = DistinctWindow.OfAddress();
        Assert.Equal(1, window.Count(Now, 1));
        window.See(1, Now - WindowMs.Hour, 1);
        window.See(2, Now - WindowMs.Hour + 1, 2);
        window.See(3, Now, 3);
        window.See(3, Now, 3);
        Assert.Equal((3, 2), (window.Count(Now, 1), window.Count(Now, 3)));
        window.See(4, Now - 5, 4);
        Assert.Equal(4, window.Count(Now, 9));
        for (var id = 10L; id < 10_000; id++)
            window.See(id, Now, id);
        Assert.Equal(DistinctWindow.MaxSightings, window.Kept);
    }

    [Fact]
    public void Credits_count_within_their_windows()
    {
        var window = new IncomingWindow();
        var vector = new FeatureVector();
        window.Fill(vector, Now);
        Assert.Equal((0, 0, false), (vector[Feature.Incoming24Hours], vector[Feature.IncomingSum24Hours], vector.Has(Feature.SinceIncomingMs)));
        window.Add(1, Now - WindowMs.Day, 1, 1);
        window.Add(2, Now - WindowMs.Day + 1, 20, 2);
        window.Add(3, Now - WindowMs.Hour, 300, 2);
        window.Add(4, Now - WindowMs.Hour + 1, 4_000, 3);
        window.Add(4, Now - WindowMs.Hour + 1, 4_000, 3);
        window.Fill(vector, Now);
        Assert.Equal((1, 3, 4_320, 2), (vector[Feature.Incoming1Hour], vector[Feature.Incoming24Hours], vector[Feature.IncomingSum24Hours], vector[Feature.IncomingDistinct24Hours]));
        Assert.Equal(WindowMs.Hour - 1, vector[Feature.SinceIncomingMs]);
        Assert.True(window.Remove(4) && !window.Remove(4));
        for (var id = 10L; id < 5_000; id++)
            window.Add(id, Now, 1, id);
        Assert.Equal(IncomingWindow.MaxCredits, window.Count);
    }

    [Fact]
    public void Accepted_cards_and_customers_are_remembered_the_latest_of_them()
    {
        var accepted = new AcceptedCards();
        accepted.Add(1, 900, Now);
        accepted.Add(2, 900, Now);
        accepted.Add(3, 0, Now - 5);
        Assert.Equal((1, 2, 1, 0, 0), (accepted.Of(1, 0), accepted.Of(1, 900), accepted.Of(3, 0), accepted.Of(4, 0), accepted.Of(900_000, 901)));
        for (var card = 1_000L; card < 1_000 + AcceptedCards.MaxEntities; card++)
            accepted.Add(card, 0, Now + card);
        Assert.InRange(accepted.Count, AcceptedCards.MaxEntities / 2, AcceptedCards.MaxEntities);
        Assert.Equal((0, 1), (accepted.Of(3, 0), accepted.Of(999 + AcceptedCards.MaxEntities, 0)));
    }

    private static bool Agrees(IEnumerable<(int Kind, int Step, int Card, int Other)> steps)
    {
        var (window, naive, now, id) = (AttemptWindow.OfCard(), new List<CardAttempt>(), Now, 0L);
        foreach (var (kind, step, card, other) in steps)
        {
            now += kind == 0 ? -(step % 600_000) : step;
            var earlier = id - other;
            switch (kind)
            {
                case 1:
                    window.Remove(earlier);
                    naive.RemoveAll(attempt => attempt.Id == earlier);
                    break;
                case 2 or 3:
                    window.Decline(earlier);
                    naive = [.. naive.Select(attempt => attempt.Id == earlier ? attempt with { Declined = true } : attempt)];
                    break;
                default:
                    var added = new CardAttempt(++id, now - (kind == 4 ? step / 2 : 0), card, other, step, kind > 6);
                    window.Add(added);
                    naive.Add(added);
                    break;
            }

            foreach (var length in (long[])[WindowMs.Hour, WindowMs.Day])
            {
                var inside = naive.Where(attempt => attempt.TimeMs <= now && attempt.TimeMs > now - length).OrderBy(static attempt => attempt.TimeMs).ThenBy(static attempt => attempt.Id).ToList();
                var declined = inside.Where(static attempt => attempt.Declined).ToList();
                var expected = new AttemptCounts(
                    inside.Count, declined.Count, inside.DistinctBy(static attempt => attempt.Card).Count(), declined.DistinctBy(static attempt => attempt.Card).Count(),
                    inside.DistinctBy(static attempt => attempt.Other).Count(), declined.DistinctBy(static attempt => attempt.Other).Count());
                var amounts = declined.Select(static attempt => attempt.Amount).Order().ToList();
                long? median = amounts.Count == 0 ? null : (amounts[(amounts.Count - 1) / 2] + amounts[amounts.Count / 2]) / 2;
                if (window.Counts(length, now) != expected || window.MedianDeclined(length, now) != median)
                    return false;
            }
        }

        return true;
    }
}
