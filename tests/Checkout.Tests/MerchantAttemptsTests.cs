using Grains.Fraud;
using Grains.Fraud.Cards;
using Grains.Interfaces.Fraud;

namespace Checkout.Tests;

/// <summary>A merchant's attempts, as they are counted while they go on.</summary>
public sealed class MerchantAttemptsTests
{
    private const long Now = 1_790_000_000_000;

    private readonly MerchantAttempts attempts = new();

    [Fact]
    public void An_attempt_counts_from_its_beginning_and_its_end_is_told_once()
    {
        attempts.Begin("a:1", Try(1));
        attempts.Begin("a:1", Try(1));
        Has(attempts: 1, cards: 1, declined: 0);
        attempts.End("a:1", Try(1), TryOutcome.Declined);
        Has(attempts: 1, cards: 1, declined: 1);
        // Its beginning was forgotten: it counts at its end.
        attempts.End("b:1", Try(2), TryOutcome.Declined);
        Has(attempts: 2, cards: 2, declined: 2);
        attempts.Begin("c:1", Try(3));
        attempts.Continue("c:1", "c:2");
        attempts.End("c:2", Try(3), TryOutcome.Accepted);
        Has(attempts: 3, cards: 3, declined: 2);
        Assert.Equal((1, 0), (Of(3)[Feature.CardSucceededHere], Of(1)[Feature.CardSucceededHere]));
    }

    [Fact]
    public void All_that_was_blocked_is_one_card_and_the_card_s_own_attempts_count_it()
    {
        attempts.Recall(Try(1), TryOutcome.Declined);
        for (var card = 10; card < 60; card++)
            attempts.Block(Try(card));
        Has(attempts: 51, cards: 2, declined: 1);
        var features = Of(10);
        Assert.Equal((1, 0, 2, 1), (features[Feature.CardAttempts1Hour], features[Feature.CardDeclined1Hour], features[Feature.IpCards1Hour], features[Feature.IpDeclinedCards1Hour]));
    }

    [Fact]
    public void What_says_nothing_of_a_card_is_an_attempt_and_neither_accepted_nor_declined()
    {
        attempts.Recall(Try(1), TryOutcome.Neither);
        Has(attempts: 1, cards: 1, declined: 0);
        Assert.Equal(0, Of(1)[Feature.CardSucceededHere]);
    }

    [Fact]
    public void Of_a_test_card_only_its_own_attempts_are_features()
    {
        attempts.Recall(Try(1), TryOutcome.Declined);
        var features = new FeatureVector();
        attempts.Fill(features, Try(1), isJudged: false);
        Assert.Equal(1, features[Feature.CardAttempts1Hour]);
        Assert.False(features.Has(Feature.MerchantDeclinedCards10Minutes) || features.Has(Feature.IpDeclinedCards1Hour));
    }

    [Fact]
    public void Cards_and_addresses_without_number_are_forgotten_and_those_of_lately_are_not()
    {
        for (var card = 1; card <= 10_000; card++)
            attempts.Block(new CardTry(card, 0, card, 100, Now - 10_000 + card));
        Assert.Equal((1, 0), (Of(10_000)[Feature.CardAttempts1Hour], Of(1)[Feature.CardAttempts1Hour]));
        Assert.Equal(4_096, attempts.Count);
    }

    private static CardTry Try(long card) => new(card, 0, 7, 100, Now);

    private FeatureVector Of(long card)
    {
        var features = new FeatureVector();
        attempts.Fill(features, Try(card), isJudged: true);
        return features;
    }

    private void Has(long attempts, long cards, long declined)
    {
        var features = Of(99);
        Assert.Equal((attempts, cards, declined), (features[Feature.MerchantAttempts10Minutes], features[Feature.MerchantCards10Minutes], features[Feature.MerchantDeclinedCards10Minutes]));
    }
}
