using System.Net;
using System.Text.Json;

namespace Cluster.Tests.Stripe;

/// <summary>3-D Secure: the cardholder goes to Stripe's page and comes back to ours; money moves once we confirm, and not before.</summary>
[Collection(StripeCollection.Name)]
public sealed class StripeChallengeTests(StripeSide stripe)
{
    private const string Challenged = "4000002760003184";
    private const string Back = "&return_url=https://shop.example/back";

    private static readonly HttpClient Browser = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    [Theory]
    [InlineData("pass", "succeeded", "succeeded", true)]
    [InlineData("fail", "requires_payment_method", "failed", true)]
    [InlineData("pass", "requires_capture", "succeeded", false)]
    public async Task A_cardholder_goes_to_Stripe_s_page_and_comes_back(string outcome, string status, string told, bool atOnce)
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        var asked = (await shop.Pay(amount, Challenged, Back + (atOnce ? "" : "&capture_method=manual"))).Ok();
        var page = Page(asked.Json);
        Assert.Equal("requires_action", (await stripe.Only(amount)).GetProperty("status").GetString());

        var (back, after) = await Answer(page, outcome);
        // Stripe waits for our word.
        Assert.Equal(0, (await stripe.Only(amount)).GetProperty("amount_received").GetInt64());
        Assert.Equal(HttpStatusCode.Redirect, back);
        using var ours = await Browser.GetAsync(after);
        Assert.Equal(HttpStatusCode.Redirect, ours.StatusCode);
        Assert.StartsWith("https://shop.example/back?", ours.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Contains("redirect_status=" + told, ours.Headers.Location.ToString(), StringComparison.Ordinal);

        var intent = await shop.Until(asked["id"], status);
        if (outcome == "fail")
            Assert.Equal("payment_intent_authentication_failure", intent.GetProperty("last_payment_error").GetProperty("code").GetString());
        var theirs = await stripe.Only(amount);
        Assert.Equal(status, theirs.GetProperty("status").GetString());
        Assert.Equal(intent.GetProperty("amount_received").GetInt64(), theirs.GetProperty("amount_received").GetInt64());
    }

    [Fact]
    public async Task Who_comes_back_without_an_answer_has_paid_nothing()
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        var asked = (await shop.Pay(amount, Challenged, Back)).Ok();
        using var ours = await Browser.GetAsync(new Uri($"{shop.Api.Url}checkout/challenge/{asked["client_secret"]}/return"));
        Assert.Equal("requires_action", (await shop.Api.Get($"/v1/payment_intents/{asked["id"]}")).Ok()["status"]);
        Assert.Equal(("requires_action", 0), ((await stripe.Only(amount)).GetProperty("status").GetString(), (await stripe.Only(amount)).GetProperty("amount_received").GetInt64()));
    }

    [Fact]
    public async Task A_payment_that_was_canceled_meanwhile_is_not_taken_when_its_challenge_is_passed()
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        var asked = (await shop.Pay(amount, Challenged, Back)).Ok();
        (await shop.Api.Post($"/v1/payment_intents/{asked["id"]}/cancel", "")).Ok();
        var (_, after) = await Answer(Page(asked.Json), "pass");
        using var ours = await Browser.GetAsync(after);
        Assert.Equal("canceled", (await shop.Api.Get($"/v1/payment_intents/{asked["id"]}")).Ok()["status"]);
        Assert.Equal(0, (await stripe.Only(amount)).GetProperty("amount_received").GetInt64());
    }

    [Theory]
    [InlineData(WireFault.Lost)]
    [InlineData(WireFault.AnswerLost)]
    [InlineData(WireFault.FailedAfter)]
    public async Task A_confirmation_after_a_challenge_takes_the_money_once(WireFault fault)
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        var asked = (await shop.Pay(amount, Challenged, Back)).Ok();
        var (_, after) = await Answer(Page(asked.Json), "pass");
        stripe.Wire.Next(fault, "/confirm", 3);
        using var ours = await Browser.GetAsync(after);
        await shop.Until(asked["id"], "succeeded");
        Assert.Equal(amount, (await stripe.Only(amount)).GetProperty("amount_received").GetInt64());
    }

    [Fact]
    public async Task A_merchant_s_server_may_have_the_last_word()
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        var asked = (await shop.Pay(amount, Challenged, Back + "&confirmation_method=manual")).Ok();
        var (_, after) = await Answer(Page(asked.Json), "pass");
        using var ours = await Browser.GetAsync(after);
        await shop.Until(asked["id"], "requires_confirmation");
        Assert.Equal(0, (await stripe.Only(amount)).GetProperty("amount_received").GetInt64());
        Assert.Equal("succeeded", (await shop.Api.Post($"/v1/payment_intents/{asked["id"]}/confirm", "")).Ok()["status"]);
        Assert.Equal(amount, (await stripe.Only(amount)).GetProperty("amount_received").GetInt64());
    }

    [Theory]
    [InlineData("pass", "succeeded")]
    [InlineData("fail", "requires_payment_method")]
    public async Task A_card_is_prepared_behind_a_challenge(string outcome, string status)
    {
        await using var shop = await StripeShop.Start(stripe);
        using var browser = new Checkout.Tests.MerchantApi(shop.Api.Url, "pk_test_sandbox_merchant");
        var token = await StripeShop.Token(browser, Challenged);
        var asked = (await shop.Api.Post("/v1/setup_intents", $"confirm=true&payment_method_data[type]=card&payment_method_data[card][token]={token}{Back}")).Ok();
        var (_, after) = await Answer(Page(asked.Json), outcome);
        using var ours = await Browser.GetAsync(after);
        Assert.Equal(status, (await shop.Api.Get($"/v1/setup_intents/{asked["id"]}")).Ok()["status"]);
    }

    private Uri Page(JsonElement asked)
    {
        Assert.Equal("requires_action", asked.GetProperty("status").GetString());
        var page = new Uri(asked.GetProperty("next_action").GetProperty("redirect_to_url").GetProperty("url").GetString()!);
        // Stripe's page, and not ours.
        Assert.Equal(new Uri(stripe.Api.Url).Authority, page.Authority);
        return page;
    }

    private static async Task<(HttpStatusCode Status, Uri? Location)> Answer(Uri page, string outcome)
    {
        using var answer = await Browser.PostAsync(page, new FormUrlEncodedContent([new("outcome", outcome)]));
        return (answer.StatusCode, answer.Headers.Location);
    }
}
