using Grains.Fraud.Features;
using Grains.Fraud.Rules;

namespace Grains.Tests.Fraud.Rules;

public sealed class CardVelocityRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<CardVelocityRule>(
        """
        CardAttempts1Hour=9 CardDeclined1Hour=3 CardMerchants24Hours=5 => silent
        CardAttempts1Hour=10 CardDeclined1Hour=3 CardMerchants24Hours=5 => 40: 11 attempts of this card in 1 hour with this one, limit 10
        CardAttempts1Hour=9 CardDeclined1Hour=4 CardMerchants24Hours=5 => 40: 4 declined attempts of this card in 1 hour, limit 4
        CardAttempts1Hour=9 CardDeclined1Hour=3 CardMerchants24Hours=6 => 40: This card at 6 merchants in 24 hours, limit 6
        CardAttempts1Hour=10 => 40: 11 attempts of this card in 1 hour with this one, limit 10
        CardMerchants24Hours=5 => silent
        - => silent
        """);

    [Fact]
    public void A_late_attempt_counts_where_it_belongs()
    {
        var card = AttemptWindow.OfCard();
        for (var id = 1; id <= 3; id++)
            card.Add(new CardAttempt(id, Payer.Now - id, 5, 1, 100, Declined: true));
        Assert.False(Speaks(card));
        card.Add(new CardAttempt(4, Payer.Now - WindowMs.Hour, 5, 1, 100, Declined: true));
        Assert.False(Speaks(card));
        card.Add(new CardAttempt(5, Payer.Now - WindowMs.Hour + 1, 5, 1, 100, Declined: true));
        Assert.True(Speaks(card));
    }

    private static bool Speaks(AttemptWindow card) =>
        new Payer().Asks<CardVelocityRule>(also: vector => CardFeatures.Fill(vector, null, card, null, Payer.Now)) is not null;
}
