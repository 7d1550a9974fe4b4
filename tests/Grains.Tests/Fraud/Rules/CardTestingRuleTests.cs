using Grains.Fraud.Features;
using Grains.Fraud.Rules;

namespace Grains.Tests.Fraud.Rules;

public sealed class CardTestingRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<CardTestingRule>(
        """
        Amount=100 MerchantDeclinedCards10Minutes=5 MerchantCards10Minutes=5 => 100: 5 of 5 cards at this merchant were declined in 10 minutes, limit 5; this card is not known to have paid here before
        Amount=100 MerchantDeclinedCards10Minutes=4 MerchantCards10Minutes=4 => silent
        Amount=100 MerchantDeclinedCards10Minutes=5 MerchantCards10Minutes=25 => 100: 5 of 25 cards at this merchant were declined in 10 minutes, limit 5; this card is not known to have paid here before
        Amount=100 MerchantDeclinedCards10Minutes=5 MerchantCards10Minutes=26 => silent
        Amount=1000 MerchantDeclinedCards10Minutes=5 MerchantCards10Minutes=5 MerchantDeclinedMedian10Minutes=100 => 100: 5 of 5 cards at this merchant were declined in 10 minutes, limit 5; this card is not known to have paid here before
        Amount=1001 MerchantDeclinedCards10Minutes=5 MerchantCards10Minutes=5 MerchantDeclinedMedian10Minutes=100 => silent
        Amount=5000 MerchantDeclinedCards10Minutes=5 MerchantCards10Minutes=10 MerchantDeclinedMedian10Minutes=2500 => 100: 5 of 10 cards at this merchant were declined in 10 minutes, limit 5; this card is not known to have paid here before
        Amount=5001 MerchantDeclinedCards10Minutes=5 MerchantCards10Minutes=10 MerchantDeclinedMedian10Minutes=2500 => silent
        Amount=5000 MerchantDeclinedCards10Minutes=5 MerchantCards10Minutes=11 MerchantDeclinedMedian10Minutes=2500 => silent
        Amount=100 MerchantDeclinedCards10Minutes=5 MerchantCards10Minutes=5 CardSucceededHere=1 => silent
        Amount=100 MerchantDeclinedCards10Minutes=5 MerchantCards10Minutes=5 CardSucceededHere=0 => 100: 5 of 5 cards at this merchant were declined in 10 minutes, limit 5; this card is not known to have paid here before
        Amount=100 MerchantDeclinedCards10Minutes=6 MerchantCards10Minutes=6 MerchantDeclinedAddresses10Minutes=3 IpDeclinedCards1Hour=0 => silent
        Amount=100 MerchantDeclinedCards10Minutes=6 MerchantCards10Minutes=6 MerchantDeclinedAddresses10Minutes=4 IpDeclinedCards1Hour=0 => 100: 6 of 6 cards at this merchant were declined in 10 minutes, limit 5; this card is not known to have paid here before
        Amount=100 MerchantDeclinedCards10Minutes=6 MerchantCards10Minutes=6 MerchantDeclinedAddresses10Minutes=3 IpDeclinedCards1Hour=1 => 100: 6 of 6 cards at this merchant were declined in 10 minutes, limit 5; this card is not known to have paid here before
        Amount=90000 IpDeclinedCards1Hour=5 IpCards1Hour=10 => 100: 5 of 10 cards from this address were declined in 1 hour, limit 5; this card is not known to have paid here before
        Amount=90000 IpDeclinedCards1Hour=5 IpCards1Hour=11 => silent
        Amount=90000 IpDeclinedCards1Hour=4 IpCards1Hour=4 => silent
        Amount=90000 IpDeclinedCards1Hour=5 => silent
        Amount=90000 IpDeclinedCards1Hour=5 IpCards1Hour=5 CardSucceededHere=2 => silent
        MerchantDeclinedCards10Minutes=5 MerchantCards10Minutes=5 => silent
        Amount=100 MerchantDeclinedCards10Minutes=5 => silent
        Amount=100 MerchantCards10Minutes=5 => silent
        - => silent
        """);

    [Fact]
    public void The_sixth_of_many_cards_tested_within_a_minute_is_stopped_and_the_merchants_customers_pay()
    {
        var shop = new Shop();
        for (var customer = 1; customer <= 4; customer++)
            shop.Pays(-WindowMs.Hour + customer, card: customer, address: customer, amount: 4_900);
        for (var tested = 101; tested <= 105; tested++)
            Assert.False(shop.Tries((tested - 100) * 9_000, card: tested, address: 0, amount: 100));
        Assert.True(shop.Tries(54_000, card: 106, address: 0, amount: 100));
        // A known card, a new one from its own address, and a new one that buys what the shop sells.
        Assert.False(shop.Tries(55_000, card: 1, address: 0, amount: 100));
        Assert.False(shop.Tries(55_000, card: 11, address: 77, amount: 100));
        Assert.False(shop.Tries(55_000, card: 12, address: 0, amount: 4_900));
        Assert.True(shop.Tries(56_000, card: 107, address: 0, amount: 100));
        // The block does not feed itself: ten minutes after the last card was declined it is over.
        Assert.False(shop.Tries(45_000 + WindowMs.TenMinutes, card: 108, address: 0, amount: 100));
    }

    [Fact]
    public void One_address_that_tests_cards_is_stopped_with_any_amount()
    {
        var shop = new Shop();
        for (var tested = 101; tested <= 105; tested++)
            Assert.False(shop.Tries(tested, card: tested, address: 66, amount: 2_000));
        Assert.True(shop.Tries(200, card: 106, address: 66, amount: 90_000));
        Assert.False(shop.Tries(200, card: 107, address: 67, amount: 2_000));
    }

    [Fact]
    public void A_late_attempt_counts_where_it_belongs()
    {
        var shop = new Shop();
        for (var tested = 101; tested <= 104; tested++)
            Assert.False(shop.Tries(tested, card: tested, address: 0, amount: 100));
        shop.Declined(200 - WindowMs.TenMinutes, card: 105, address: 0, amount: 100);
        Assert.False(shop.Speaks(200, card: 106, address: 0, amount: 100));
        shop.Declined(201 - WindowMs.TenMinutes, card: 105, address: 0, amount: 100);
        Assert.True(shop.Speaks(200, card: 106, address: 0, amount: 100));
    }
}
