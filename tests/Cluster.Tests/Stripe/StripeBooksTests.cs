using System.Text.Json;
using Checkout.Tests;

namespace Cluster.Tests.Stripe;

/// <summary>Payments of a merchant whose acquirer is Stripe: both books come to the same.</summary>
[Collection(StripeCollection.Name)]
public sealed class StripeBooksTests(StripeSide stripe)
{
    [Fact]
    public async Task Captures_refunds_increases_and_releases_come_to_the_same_on_both_sides()
    {
        await using var shop = await StripeShop.Start(stripe);
        const string Flexible = "&payment_method_options[card][request_multicapture]=if_available&payment_method_options[card][request_incremental_authorization]=if_available";
        var payments = new List<(string Id, long Amount, long Received, long Refunded)>();

        var atOnce = StripeSide.NewAmount();
        payments.Add(((await shop.Pay(atOnce)).Ok()["id"], atOnce, atOnce, 0));

        var partly = StripeSide.NewAmount();
        var held = await shop.Held(partly);
        Assert.Equal("requires_capture", held["status"]);
        Assert.Equal("succeeded", (await shop.Api.Post($"/v1/payment_intents/{held["id"]}/capture", "amount_to_capture=700")).Ok()["status"]);
        payments.Add((held["id"], partly, 700, 0));

        var parts = StripeSide.NewAmount();
        var several = await shop.Held(parts, Flexible);
        Assert.Equal("requires_capture", (await shop.Api.Post($"/v1/payment_intents/{several["id"]}/capture", "amount_to_capture=500&final_capture=false")).Ok()["status"]);
        Assert.Equal("requires_capture", (await shop.Api.Post($"/v1/payment_intents/{several["id"]}/capture", "amount_to_capture=300&final_capture=false")).Ok()["status"]);
        Assert.Equal("succeeded", (await shop.Api.Post($"/v1/payment_intents/{several["id"]}/capture", "amount_to_capture=0&final_capture=true")).Ok()["status"]);
        payments.Add((several["id"], parts, 800, 0));

        var canceled = StripeSide.NewAmount();
        var released = await shop.Held(canceled);
        Assert.Equal("canceled", (await shop.Api.Post($"/v1/payment_intents/{released["id"]}/cancel", "")).Ok()["status"]);
        payments.Add((released["id"], canceled, 0, 0));

        var refunded = StripeSide.NewAmount();
        var back = (await shop.Pay(refunded)).Ok();
        Assert.Equal("succeeded", (await shop.Api.Post("/v1/refunds", $"payment_intent={back["id"]}&amount=100")).Ok()["status"]);
        Assert.Equal("succeeded", (await shop.Api.Post("/v1/refunds", $"payment_intent={back["id"]}&amount=250")).Ok()["status"]);
        payments.Add((back["id"], refunded, refunded, 350));

        var raisedTo = StripeSide.NewAmount();
        var raised = await shop.Held(raisedTo - 5_000, Flexible);
        Assert.Equal(StripeSide.Text(raisedTo), (await shop.Api.Post($"/v1/payment_intents/{raised["id"]}/increment_authorization", $"amount={raisedTo}")).Ok()["amount"]);
        Assert.Equal("succeeded", (await shop.Api.Post($"/v1/payment_intents/{raised["id"]}/capture", "")).Ok()["status"]);
        payments.Add((raised["id"], raisedTo, raisedTo, 0));

        foreach (var (id, amount, received, returned) in payments)
        {
            var ours = (await shop.Api.Get($"/v1/payment_intents/{id}?expand[]=latest_charge")).Ok().Json;
            var theirs = await stripe.Only(amount);
            Assert.StartsWith(id + ":", theirs.GetProperty("metadata").GetProperty("payments_key").GetString(), StringComparison.Ordinal);
            Assert.Equal((received, received), (ours.GetProperty("amount_received").GetInt64(), theirs.GetProperty("amount_received").GetInt64()));
            Assert.Equal(ours.GetProperty("status").GetString(), theirs.GetProperty("status").GetString());
            Assert.Equal(ours.GetProperty("amount_capturable").GetInt64(), theirs.GetProperty("amount_capturable").GetInt64());
            Assert.Equal(returned, await stripe.Refunded(theirs));
            if (received > 0)
                Assert.Equal(returned, ours.GetProperty("latest_charge").GetProperty("amount_refunded").GetInt64());
        }
    }

    [Theory]
    [InlineData("4000000000000002")]
    [InlineData("4000000000009995")]
    [InlineData("4000000000009987")]
    [InlineData("4000000000009979")]
    [InlineData("4000000000000069")]
    [InlineData("4000000000000127")]
    [InlineData("4000000000000119")]
    [InlineData("4000000000006975")]
    [InlineData("4000000000000341")]
    [InlineData("4100000000000019")]
    public async Task A_decline_is_what_Stripe_says_it_is(string card)
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        var refused = await shop.Pay(amount, card);
        Assert.Equal(402, refused.Status);
        var error = refused.Json.GetProperty("error");
        var ours = (await shop.Api.Get($"/v1/charges/{error.GetProperty("charge").GetString()}")).Ok().Json;
        var theirs = await stripe.Only(amount);
        var told = theirs.GetProperty("last_payment_error");

        Assert.Equal(Of(told, "code"), Of(error, "code"));
        Assert.Equal(Of(told, "decline_code"), Of(error, "decline_code"));
        Assert.Equal((0, 0), (theirs.GetProperty("amount_received").GetInt64(), ours.GetProperty("amount_captured").GetInt64()));
        var judged = theirs.GetProperty("latest_charge").GetProperty("outcome");
        foreach (var name in (string[])["type", "network_status", "reason", "risk_level", "risk_score"])
            Assert.Equal(Of(judged, name), Of(ours.GetProperty("outcome"), name));
    }

    [Theory]
    [InlineData("4000000000009235", "elevated")]
    [InlineData("4242424242424242", "normal")]
    public async Task How_risky_a_payment_was_is_what_Stripe_says(string card, string level)
    {
        await using var shop = await StripeShop.Start(stripe);
        var paid = (await shop.Pay(StripeSide.NewAmount(), card, "&expand[]=latest_charge")).Ok().Json;
        Assert.Equal(level, paid.GetProperty("latest_charge").GetProperty("outcome").GetProperty("risk_level").GetString());
    }

    [Fact]
    public async Task A_card_that_its_bank_would_not_have_kept_is_not_kept_and_one_that_is_kept_pays_again()
    {
        await using var shop = await StripeShop.Start(stripe);
        using var browser = new MerchantApi(shop.Api.Url, "pk_test_sandbox_merchant");
        var customer = (await shop.Api.Post("/v1/customers", "")).Ok()["id"];
        var poor = (await shop.Api.Post("/v1/payment_methods", $"type=card&card[token]={await StripeShop.Token(browser, "4000000000000002")}")).Ok()["id"];
        Assert.Equal("card_declined", Of((await shop.Api.Post($"/v1/payment_methods/{poor}/attach", $"customer={customer}")).Json.GetProperty("error"), "code"));

        var kept = (await shop.Api.Post("/v1/payment_methods", $"type=card&card[token]={await StripeShop.Token(browser, "4242424242424242")}")).Ok()["id"];
        (await shop.Api.Post($"/v1/payment_methods/{kept}/attach", $"customer={customer}")).Ok();
        foreach (var offSession in (string[])["false", "true"])
        {
            var amount = StripeSide.NewAmount();
            Assert.Equal("succeeded", (await shop.Api.Post("/v1/payment_intents", $"amount={amount}&currency=usd&customer={customer}&payment_method={kept}&confirm=true&off_session={offSession}")).Ok()["status"]);
            Assert.Equal("succeeded", (await stripe.Only(amount)).GetProperty("status").GetString());
        }
    }

    [Fact]
    public async Task A_card_s_number_is_refused_in_Stripe_s_words()
    {
        await using var shop = await StripeShop.Start(stripe);
        using var browser = new MerchantApi(shop.Api.Url, "pk_test_sandbox_merchant");
        var refused = (await browser.Post("/v1/tokens", "card[number]=4242424242424241&card[exp_month]=12&card[exp_year]=2034&card[cvc]=123")).Json.GetProperty("error");
        Assert.Equal(("incorrect_number", "number"), (Of(refused, "code"), Of(refused, "param")));
    }

    private static string? Of(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) ? value.ToString() : null;
}
