using System.Text.Json;
using Grains.Acquirers;
using Grains.Interfaces.Checkout;
using Ledger.Documents;

namespace Checkout.Tests;

/// <summary>Too many or too large payments in a window are declined here: also at once, after a restart, and until time has passed.</summary>
public sealed class VelocityTests
{
    private const string Visa = "amount=1000&currency=usd&payment_method=pm_card_visa&confirm=true";

    [Fact]
    public async Task Limits_hold_by_card_customer_and_merchant_and_outlive_a_restart()
    {
        await using var product = await ProductProcess.Start(
            ("Payments__Acquirer__Velocity__Card__PerHour__Count", "3"), ("Payments__Acquirer__Velocity__Customer__PerDay__Amount", "5000"), ("Payments__Acquirer__Velocity__Merchant__PerHour__Count", "9"));
        using var api = new MerchantApi(product.Url);
        (await api.Post("/v1/customers", "name=First")).Ok();
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => api.Post("/v1/payment_intents", Visa)));
        Assert.Equal(3, replies.Count(static reply => reply.Status == 200));
        var blocked = replies.First(static reply => reply.Status == 402).Json.GetProperty("error");
        Assert.Equal(("card_declined", "card_velocity_exceeded"), (blocked.GetProperty("code").GetString(), blocked.GetProperty("decline_code").GetString()));
        var outcome = (await api.Get("/v1/charges/" + blocked.GetProperty("charge").GetString())).Ok().Json.GetProperty("outcome");
        Assert.Equal(("blocked", "not_sent_to_network", "rule"), (outcome.GetProperty("type").GetString(), outcome.GetProperty("network_status").GetString(), outcome.GetProperty("reason").GetString()));

        // Another card is another count; a customer's amounts are added up over cards.
        var customer = (await api.Post("/v1/customers", "name=Ada")).Ok()["id"];
        (await Pay(api, "pm_card_mastercard", 3_000, customer)).Ok();
        Assert.Equal(402, (await Pay(api, "pm_card_amex", 2_500, customer)).Status);
        (await Pay(api, "pm_card_amex", 2_000, customer)).Ok();

        await product.Kill();
        await product.StartAgain();
        Assert.Equal(402, (await api.Post("/v1/payment_intents", Visa)).Status);
        Assert.Equal(402, (await Pay(api, "pm_card_discover", 100, customer)).Status);
        (await api.PostJson("/sandbox/clock/advance", """{"seconds":3700}""")).Ok();
        (await api.Post("/v1/payment_intents", Visa)).Ok();
        Assert.Equal(402, (await Pay(api, "pm_card_discover", 100, customer)).Status);

        // In all, whatever the card.
        string[] cards = ["pm_card_visa_debit", "pm_card_mastercard_debit", "pm_card_diners", "pm_card_jcb"];
        foreach (var card in cards)
            foreach (var _ in Enumerable.Range(0, 2))
                (await Pay(api, card, 200, null)).Ok();
        Assert.Equal(402, (await Pay(api, "pm_card_unionpay", 200, null)).Status);
    }

    [Fact]
    public async Task A_payment_with_a_challenge_counts_once_and_keeps_its_address()
    {
        await using var bench = MerchantBench.Start(velocity: new VelocityOptions { Card = { PerHour = { Count = 2 } } });
        for (var payment = 0; payment < 2; payment++)
        {
            var id = (await bench.Run(new CreateIntent(new IntentFields { Amount = 1_000, Currency = "usd" }, null))).Is(200)["id"];
            var asked = (await bench.Run(new ConfirmIntent(id, new ConfirmFields { PaymentMethod = "pm_card_threeDSecure2Required", FromBrowser = true, ClientIp = "192.0.2.1" }))).Is(200);
            Assert.Equal("requires_action", asked["status"]);
            var challenge = Private(await bench.Document(id)).GetProperty("challenge").GetString()!;
            var paid = (await bench.Run(new CompleteChallenge(id, challenge, true))).Is(200);
            Assert.Equal("succeeded", paid["status"]);
            Assert.Equal("192.0.2.1", Private(await bench.Document(paid["latest_charge"])).GetProperty("client_ip").GetString());
        }

        (await bench.Pay("pm_card_threeDSecure2Required")).Is(402);

        // Where the merchant's server has the last word, too.
        var manual = (await bench.Run(new CreateIntent(new IntentFields { Amount = 1_000, Currency = "usd", PaymentMethod = "pm_card_authenticationRequired", ConfirmationMethod = "manual" }, new ConfirmFields()))).Is(200)["id"];
        (await bench.Run(new CompleteChallenge(manual, Private(await bench.Document(manual)).GetProperty("challenge").GetString()!, true))).Is(200);
        Assert.Equal("succeeded", (await bench.Run(new ConfirmIntent(manual, new ConfirmFields()))).Is(200)["status"]);
        Assert.Equal("requires_action", (await bench.Pay("pm_card_authenticationRequired")).Is(200)["status"]);
        (await bench.Pay("pm_card_authenticationRequired")).Is(402);
    }

    [Fact]
    public async Task Checks_of_a_card_count_too_and_outlive_a_restart()
    {
        await using var product = await ProductProcess.Start(("Payments__Acquirer__Velocity__Card__PerHour__Count", "3"));
        using var api = new MerchantApi(product.Url);
        const string Setup = "payment_method=pm_card_visa&confirm=true";
        (await api.Post("/v1/customers", "name=First")).Ok();
        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.Post("/v1/setup_intents", Setup)));
        Assert.Equal(3, replies.Count(static reply => reply.Status == 200));
        var blocked = replies.First(static reply => reply.Status == 402).Json.GetProperty("error");
        Assert.Equal(("card_velocity_exceeded", "requires_payment_method"), (blocked.GetProperty("decline_code").GetString(), blocked.GetProperty("setup_intent").GetProperty("status").GetString()));
        Assert.Equal(402, (await api.Post("/v1/payment_intents", Visa)).Status);
        await product.Kill();
        await product.StartAgain();
        Assert.Equal(402, (await api.Post("/v1/setup_intents", Setup)).Status);
        (await api.Post("/v1/setup_intents", "payment_method=pm_card_mastercard&confirm=true")).Ok();
        (await api.PostJson("/sandbox/clock/advance", """{"seconds":3700}""")).Ok();
        (await api.Post("/v1/setup_intents", Setup)).Ok();
    }

    private static JsonElement Private(DocumentState state) => JsonDocument.Parse(state.Private).RootElement;

    private static Task<WireReply> Pay(MerchantApi api, string card, int amount, string? customer) =>
        api.Post("/v1/payment_intents", $"amount={amount}&currency=usd&payment_method={card}&confirm=true{(customer is null ? "" : "&customer=" + customer)}");
}
