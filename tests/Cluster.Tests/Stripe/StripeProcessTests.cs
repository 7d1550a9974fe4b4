using Checkout.Tests;
using Servers;

namespace Cluster.Tests.Stripe;

/// <summary>A process of the cluster whose cards go to Stripe, on a PostgreSQL server of its own.</summary>
[Collection(StripeCollection.Name)]
public sealed class StripeProcessTests(StripeSide stripe) : IDisposable
{
    private const string Card = "4242424242424242";

    private readonly OwnServer server = TestPostgres.StartOwn();
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("payments-stripe-");

    [Fact]
    public async Task A_process_that_is_killed_between_Stripe_s_deed_and_its_answer_has_charged_once()
    {
        var database = server.Server.NewDatabase();
        var amount = StripeSide.NewAmount();
        var first = Launch(database, "--Payments:Acquirer:TimeoutMs", "60000");
        string id;
        await using (first)
        {
            await first.Ready();
            using var api = new MerchantApi(first.Url.ToString());
            using var browser = new MerchantApi(first.Url.ToString(), "pk_test_sandbox_merchant");
            var made = (await api.Post("/v1/payment_intents", $"amount={amount}&currency=usd&payment_method_data[type]=card&payment_method_data[card][token]={await StripeShop.Token(browser, Card)}")).Ok();
            id = made["id"];
            stripe.Wire.Next(WireFault.Late, "/v1/payment_intents");
            var paying = api.Post($"/v1/payment_intents/{id}/confirm", "", "pay");
            await stripe.Wire.Held.Task.WaitAsync(TimeSpan.FromSeconds(60));
            await first.Kill();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => paying);
        }

        Assert.Equal(amount, (await stripe.Only(amount)).GetProperty("amount_received").GetInt64());
        await using var second = Launch(database);
        await second.Ready();
        using var again = new MerchantApi(second.Url.ToString());
        var ours = await StripeShop.Until(again, id, "succeeded");
        Assert.Equal(amount, ours.GetProperty("amount_received").GetInt64());
        var same = (await again.Post($"/v1/payment_intents/{id}/confirm", "", "pay")).Ok();
        Assert.Equal("succeeded", same["status"]);
        Assert.Equal(amount, (await stripe.Only(amount)).GetProperty("amount_received").GetInt64());
        // Neither what opens Stripe's account nor a card's number is told anywhere.
        foreach (var secret in (string[])["sk_test_sandbox_merchant", Card])
            Assert.DoesNotContain(secret, first.Said + second.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Stripe_tells_makes_a_payment_be_asked_for_at_once()
    {
        var endpoint = (await stripe.Api.Post("/v1/webhook_endpoints", "url=http://127.0.0.1:9/later&enabled_events[]=charge.updated")).Ok();
        // Nobody would ask by itself for an hour.
        await using var process = Launch(server.Server.NewDatabase(), "--Payments:Acquirer:Stripe:WebhookSecret", endpoint["secret"], "--Payments:Acquirer:ResolveAfterMs", "3600000", "--Payments:Acquirer:TimeoutMs", "2000");
        await process.Ready();
        (await stripe.Api.Post($"/v1/webhook_endpoints/{endpoint["id"]}", $"url={process.Url}acquirers/stripe/events")).Ok();
        using var api = new MerchantApi(process.Url.ToString());
        using var browser = new MerchantApi(process.Url.ToString(), "pk_test_sandbox_merchant");
        var amount = StripeSide.NewAmount();
        var token = await StripeShop.Token(browser, Card);
        stripe.Wire.Next(WireFault.AnswerLost, "/v1/payment_intents", 2);
        var paid = (await api.Post("/v1/payment_intents", $"amount={amount}&currency=usd&confirm=true&payment_method_data[type]=card&payment_method_data[card][token]={token}")).Ok();
        Assert.Equal("processing", paid["status"]);
        // Something of it changes there, and is told.
        (await stripe.Api.Post($"/v1/charges/{(await stripe.Only(amount)).GetProperty("latest_charge").GetProperty("id").GetString()}", "description=seen")).Ok();
        await StripeShop.Until(api, paid["id"], "succeeded");
        Assert.Equal(amount, (await stripe.Only(amount)).GetProperty("amount_received").GetInt64());
        (await stripe.Api.Delete($"/v1/webhook_endpoints/{endpoint["id"]}")).Ok();

        using var stranger = new HttpClient { BaseAddress = process.Url };
        foreach (var signature in (string?[])[null, "nonsense", "t=x,v1=", $"t={DateTimeOffset.UnixEpoch.ToUnixTimeSeconds()},v1=00"])
        {
            using var forged = new HttpRequestMessage(HttpMethod.Post, "acquirers/stripe/events") { Content = new StringContent("""{"id":"evt_1","object":"event"}""") };
            if (signature is not null)
                forged.Headers.TryAddWithoutValidation("Stripe-Signature", signature);
            using var refused = await stranger.SendAsync(forged);
            Assert.Equal(400, (int)refused.StatusCode);
        }
    }

    [Fact]
    public async Task A_process_that_is_killed_between_Stripe_s_word_of_a_dispute_and_its_booking_has_it_once()
    {
        var database = server.Server.NewDatabase();
        var amount = StripeSide.NewAmount();
        string id;
        await using (var first = Launch(database, "--Payments:Acquirer:DisputesEveryMs", "200"))
        {
            await first.Ready();
            stripe.Wire.Next(WireFault.Late, "/v1/disputes/", 1, "GET");
            using var api = new MerchantApi(first.Url.ToString());
            id = await Pay(api, first.Url, amount, "4000000000000259");
            await stripe.Wire.Held.Task.WaitAsync(TimeSpan.FromSeconds(60));
            await first.Kill();
        }

        // The one after the next has been told of it already, and asks all the same.
        for (var start = 0; start < 2; start++)
        {
            await using var next = Launch(database, "--Payments:Acquirer:DisputesEveryMs", "200");
            await next.Ready();
            using var api = new MerchantApi(next.Url.ToString());
            var dispute = await StripeShop.Dispute(api, id, "needs_response");
            await stripe.Wire.Called("/v1/disputes", stripe.Wire.Calls("/v1/disputes") + 3);
            Assert.Equal([(-amount, 1_500)], await StripeShop.Booked(api, dispute.GetProperty("id").GetString()!));
            await next.Kill();
        }
    }

    [Fact]
    public async Task A_process_that_is_killed_between_Stripe_s_word_of_a_failed_refund_and_its_booking_books_it_back_once()
    {
        var database = server.Server.NewDatabase();
        var amount = StripeSide.NewAmount();
        string refund;
        await using (var first = Launch(database, "--Payments:Acquirer:TimeoutMs", "60000"))
        {
            await first.Ready();
            using var api = new MerchantApi(first.Url.ToString());
            var id = await Pay(api, first.Url, amount, "4000000000005126");
            refund = (await api.Post("/v1/refunds", $"payment_intent={id}&amount=400")).Ok()["id"];
            await stripe.RefundOf(amount, "failed");
            stripe.Wire.Next(WireFault.Late, "/v1/refunds", 1, "GET");
            (await api.PostJson("/sandbox/clock/advance", """{"seconds":120}""")).Ok();
            await stripe.Wire.Held.Task.WaitAsync(TimeSpan.FromSeconds(60));
            await first.Kill();
        }

        for (var start = 0; start < 2; start++)
        {
            await using var next = Launch(database);
            await next.Ready();
            using var api = new MerchantApi(next.Url.ToString());
            await StripeShop.Refund(api, refund, "failed");
            (await api.PostJson("/sandbox/clock/advance", """{"seconds":600}""")).Ok();
            Assert.Equal([(-400, 0), (400, 0)], await StripeShop.Booked(api, refund));
            await next.Kill();
        }
    }

    [Theory]
    [InlineData("--Payments:Acquirer:Stripe:ApiKey", "", "Payments:Acquirer:Stripe:ApiKey is missing")]
    [InlineData("--Payments:Acquirer:Stripe:FollowSince", "soon", "Payments:Acquirer:Stripe:FollowSince must be a time")]
    [InlineData("--Payments:Acquirer:Stripe:ApiKey", "pk_test_wrong_kind", "Payments:Acquirer:Stripe:ApiKey is malformed")]
    [InlineData("--Payments:Acquirer:Stripe:ApiKey", "sk_live_real_money", "Payments:Acquirer:Stripe:ApiKey takes real money")]
    [InlineData("--Payments:Acquirer:Stripe:PublishableKey", "sk_test_secret", "Payments:Acquirer:Stripe:PublishableKey is malformed")]
    [InlineData("--Payments:Acquirer:Stripe:WebhookSecret", "none", "Payments:Acquirer:Stripe:WebhookSecret is malformed")]
    [InlineData("--Payments:Acquirer:Stripe:ApiBase", "http://stripe.example", "Payments:Acquirer:Stripe:ApiBase must be")]
    [InlineData("--Payments:Acquirer:Kind", "adyen", "Payments:Acquirer:Kind is none of")]
    public async Task A_setting_that_is_missing_or_malformed_is_named_and_not_shown(string setting, string value, string said)
    {
        await using var process = Launch(server.Server.NewDatabase(), setting, value);
        var failed = await Assert.ThrowsAsync<InvalidOperationException>(process.Ready);
        Assert.Contains("code 2", failed.Message, StringComparison.Ordinal);
        Assert.Contains(said, failed.Message, StringComparison.Ordinal);
        if (value.Contains('_', StringComparison.Ordinal))
            Assert.DoesNotContain(value, failed.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        server.Dispose();
        data.Delete(recursive: true);
    }

    private static async Task<string> Pay(MerchantApi api, Uri url, long amount, string card)
    {
        using var browser = new MerchantApi(url.ToString(), "pk_test_sandbox_merchant");
        var token = await StripeShop.Token(browser, card);
        return (await api.Post("/v1/payment_intents", $"amount={amount}&currency=usd&confirm=true&payment_method_data[type]=card&payment_method_data[card][token]={token}")).Ok()["id"];
    }

    private ClusterProcess Launch(string database, params string[] more) => ClusterProcess.Launch(
        [.. stripe.Arguments, "--role", "All", "--ledger", database, "--data", data.FullName, "--silo-port", $"{ClusterProcess.FreePort()}", "--gateway-port", $"{ClusterProcess.FreePort()}", .. more]);
}
