using Grains.Fraud;
using Grains.Fraud.Cards;
using Grains.Interfaces.Fraud;

namespace Checkout.Tests;

/// <summary>One card over all merchants.</summary>
public sealed class CardEntityTests
{
    private const long Now = 1_790_000_000_000;
    private const long Hour = 3_600_000;

    private readonly CardEntityGrain card = new();

    [Fact]
    public async Task It_answers_what_was_before_and_an_attempt_counts_once()
    {
        Assert.Equal(new CardAnswer(0, 0, 0, 0, 0), await card.See(At(1, merchant: 7)));
        Assert.Equal(new CardAnswer(0, 0, 0, 0, 0), await card.See(At(1, merchant: 7)));
        await card.Decline(At(1, merchant: 7));
        await card.Decline(At(1, merchant: 7));
        Assert.Equal(new CardAnswer(1, 1, 1, 1, 1), await card.See(At(2, merchant: 8)));
        Assert.Equal(new CardAnswer(2, 1, 2, 1, 2), await card.See(At(3, merchant: 7)));
        // Its beginning was seen by a process that is gone.
        await card.Decline(At(4, merchant: 9));
        Assert.Equal(new CardAnswer(4, 2, 4, 2, 3), await card.See(At(5, merchant: 7)));
    }

    [Fact]
    public async Task An_hour_later_the_day_counts_still_and_a_day_later_nothing()
    {
        await card.See(At(1, merchant: 7));
        Assert.Equal(new CardAnswer(0, 0, 1, 0, 1), await card.See(At(2, merchant: 7, Now + Hour)));
        Assert.Equal(new CardAnswer(0, 0, 1, 0, 1), await card.See(At(3, merchant: 7, Now + (24 * Hour))));
        Assert.Equal(new CardAnswer(0, 0, 0, 0, 0), await card.See(At(4, merchant: 7, Now + (48 * Hour))));
    }

    [Fact]
    public async Task One_that_does_not_answer_in_time_is_left_out_by_name()
    {
        var entities = new CardEntities(static _ => new Silent(), TimeSpan.FromMilliseconds(1), TimeProvider.System);
        var around = new CardAround(5, await entities.See(3, At(5, merchant: 7)));
        Assert.Equal([Feature.CardAttempts1Hour, Feature.CardDeclined1Hour, Feature.CardMerchants24Hours, Feature.CardAttempts24Hours, Feature.CardDeclined24Hours], around.FellBack);
        var features = new FeatureVector();
        features[Feature.CardAttempts1Hour] = 2;
        around.Fill(features);
        // What the merchant itself saw stands.
        Assert.Equal((2, false), (features[Feature.CardAttempts1Hour], features.Has(Feature.CardMerchants24Hours)));
        Assert.Empty(CardAround.None.FellBack);
    }

    private static CardSighting At(long attempt, long merchant, long timeMs = Now) => new(attempt, merchant, 100, timeMs);

    private sealed class Silent : ICardEntityGrain
    {
        public Task<CardAnswer> See(CardSighting sighting) => new TaskCompletionSource<CardAnswer>().Task;

        public Task<bool> Decline(CardSighting sighting) => Task.FromResult(false);
    }
}
