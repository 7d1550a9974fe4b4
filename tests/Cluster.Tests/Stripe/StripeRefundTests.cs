namespace Cluster.Tests.Stripe;

/// <summary>Refunds that Stripe took and that come back later: the money is booked back once, whatever is told of it and how often.</summary>
public sealed class StripeRefundTests(StripeSide stripe) : IClassFixture<StripeSide>
{
    private const string ComesBack = "4000000000005126";
    private const string ArrivesLater = "4000000000007726";

    [Fact]
    public async Task A_refund_of_whose_failure_nothing_is_told_is_booked_back_once()
    {
        await using var shop = await StripeShop.Start(stripe);
        var (amount, paid, refund) = await Refunded(shop, ComesBack);
        Assert.Equal("succeeded", (await shop.Api.Get($"/v1/refunds/{refund}")).Ok()["status"]);
        await LookedAtTwice(shop);
        Assert.Equal([(-400, 0)], await shop.Booked(refund));

        await stripe.Pass(10);
        await stripe.RefundOf(amount, "failed");
        await shop.Pass(1_000);
        await IsBack(shop, paid, refund);
        // It is over, and nobody asks any more.
        var calls = stripe.Wire.Calls("/v1/refunds");
        await shop.Pass(500_000);
        await IsBack(shop, paid, refund);
        Assert.Equal(calls, stripe.Wire.Calls("/v1/refunds"));
        Assert.Equal("succeeded", (await shop.Api.Post("/v1/refunds", $"payment_intent={paid}&amount=100")).Ok()["status"]);
        shop.Audit();
    }

    [Fact]
    public async Task A_failure_that_is_told_twice_late_and_in_any_order_is_booked_back_once()
    {
        await using var shop = await StripeShop.Start(stripe);
        var (amount, paid, refund) = await Refunded(shop, ComesBack);
        var theirs = await stripe.Refund(amount);
        // What is told before it failed changes nothing, whatever it says.
        await shop.Tell((await stripe.Events(theirs))[0].Replace("succeeded", "failed", StringComparison.Ordinal));
        Assert.Equal("succeeded", (await shop.Api.Get($"/v1/refunds/{refund}")).Ok()["status"]);

        await stripe.Pass(10);
        await stripe.RefundOf(amount, "failed");
        var all = await stripe.Events(theirs);
        Assert.True(all.Count >= 3);
        await shop.Tell(all[^1]);
        await IsBack(shop, paid, refund);
        await Task.WhenAll(all.Concat(all).Select(shop.Tell));
        await shop.Pass(300);
        await IsBack(shop, paid, refund);
        shop.Audit();
    }

    [Fact]
    public async Task A_pending_refund_is_pending_until_Stripe_says_that_it_arrived()
    {
        await using var shop = await StripeShop.Start(stripe);
        var (amount, _, refund) = await Refunded(shop, ArrivesLater);
        await LookedAtTwice(shop);
        Assert.Equal("pending", (await shop.Api.Get($"/v1/refunds/{refund}")).Ok()["status"]);
        await stripe.Pass(10);
        await stripe.RefundOf(amount, "succeeded");
        await shop.Pass(1_000);
        await shop.Refund(refund, "succeeded");
        Assert.Equal([(-400, 0)], await shop.Booked(refund));
        shop.Audit();
    }

    // The second look is due only once what the first one heard is recorded.
    private async Task LookedAtTwice(StripeShop shop)
    {
        foreach (var seconds in (int[])[90, 300])
        {
            var calls = stripe.Wire.Calls("/v1/refunds");
            await shop.Pass(seconds);
            await stripe.Wire.Called("/v1/refunds", calls + 1);
        }
    }

    private static async Task<(long Amount, string Intent, string Refund)> Refunded(StripeShop shop, string card)
    {
        var amount = StripeSide.NewAmount();
        var paid = (await shop.Pay(amount, card)).Ok();
        return (amount, paid["id"], (await shop.Api.Post("/v1/refunds", $"payment_intent={paid["id"]}&amount=400")).Ok()["id"]);
    }

    private static async Task IsBack(StripeShop shop, string intent, string refund)
    {
        await shop.Refund(refund, "failed");
        Assert.Equal([(-400, 0), (400, 0)], await shop.Booked(refund));
        Assert.Equal(0, (await shop.Api.Get($"/v1/payment_intents/{intent}?expand[]=latest_charge")).Ok().Json.GetProperty("latest_charge").GetProperty("amount_refunded").GetInt64());
        Assert.Equal(1, await shop.Told("refund.failed", refund));
    }
}
