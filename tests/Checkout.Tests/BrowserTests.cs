using System.Security.Cryptography;
using System.Text;

namespace Checkout.Tests;

/// <summary>What a browser may do with a publishable key, and what the ledger keeps of a card that it sends.</summary>
public sealed class BrowserTests
{
    private const string Publishable = "pk_test_sandbox_merchant";

    [Fact]
    public async Task A_browser_says_nothing_of_how_the_merchant_takes_its_money()
    {
        await using var product = await ProductProcess.Start();
        using var api = new MerchantApi(product.Url);
        using var browser = new MerchantApi(product.Url, Publishable);
        var customer = (await api.Post("/v1/customers", "name=Ada")).Ok();
        var intent = (await api.Post("/v1/payment_intents", $"amount=2000&currency=usd&customer={customer["id"]}")).Ok();
        var (path, secret) = ($"/v1/payment_intents/{intent["id"]}", $"client_secret={intent["client_secret"]}");
        foreach (var only in (string[])["off_session=true", "capture_method=manual", "error_on_requires_action=true", "payment_method_options[card][request_three_d_secure]=automatic", "expand[]=customer", "expand[]=latest_charge.balance_transaction"])
        {
            var refused = await browser.Post(path + "/confirm", $"{secret}&payment_method=pm_card_visa&{only}");
            Assert.Equal((400, "secret_key_required"), (refused.Status, refused.Json.GetProperty("error").GetProperty("code").GetString()));
        }

        Assert.Equal(400, (await browser.Get($"{path}?{secret}&expand[]=customer")).Status);
        Assert.Equal("requires_payment_method", (await browser.Get($"{path}?{secret}")).Ok()["status"]);
        var declined = await browser.Post(path + "/confirm", secret + "&payment_method=pm_card_visa_chargeDeclined");
        Assert.Equal(402, declined.Status);
        var paid = (await browser.Post(path + "/confirm", secret + "&payment_method=pm_card_visa&expand[]=payment_method")).Ok();
        Assert.Equal("succeeded", paid["status"]);
        // No more than Stripe's reference marks as retrievable with such a key; the merchant's own key sees all of it.
        string[] own = ["customer", "metadata", "latest_charge", "amount_received", "amount_capturable", "payment_method_options", "statement_descriptor", "transfer_data"];
        foreach (var shown in (System.Text.Json.JsonElement[])[paid.Json, declined.Json.GetProperty("error").GetProperty("payment_intent"), (await browser.Get($"{path}?{secret}")).Ok().Json])
        {
            Assert.All(own, name => Assert.False(shown.TryGetProperty(name, out _), name));
            Assert.Equal(2_000, shown.GetProperty("amount").GetInt32());
        }

        var whole = (await api.Get(path)).Ok().Json;
        Assert.All(own, name => Assert.True(whole.TryGetProperty(name, out _), name));
        var setup = (await api.Post("/v1/setup_intents", $"customer={customer["id"]}")).Ok();
        var seen = (await browser.Get($"/v1/setup_intents/{setup["id"]}?client_secret={setup["client_secret"]}")).Ok().Json;
        Assert.False(seen.TryGetProperty("customer", out _) || seen.TryGetProperty("metadata", out _));
        Assert.Equal("off_session", seen.GetProperty("usage").GetString());
    }

    [Fact]
    public async Task An_intent_that_its_merchant_confirms_itself_is_confirmed_by_no_browser()
    {
        await using var product = await ProductProcess.Start();
        using var api = new MerchantApi(product.Url);
        using var browser = new MerchantApi(product.Url, Publishable);
        var intent = (await api.Post("/v1/payment_intents", "amount=2000&currency=usd&confirmation_method=manual")).Ok();
        var path = $"/v1/payment_intents/{intent["id"]}";
        var refused = await browser.Post(path + "/confirm", $"client_secret={intent["client_secret"]}&payment_method=pm_card_visa");
        Assert.Equal(400, refused.Status);
        Assert.Contains("cannot be confirmed using your publishable key", refused.Text);
        Assert.Equal(400, (await api.Post(path, "confirmation_method=automatic")).Status);
        // After the challenge the merchant's server has the last word, and the cardholder is not asked twice.
        var asked = (await api.Post(path + "/confirm", "payment_method=pm_card_threeDSecure2Required")).Ok();
        Assert.Equal("requires_action", asked["status"]);
        // A link that is only looked at passes nothing.
        Assert.Equal(200, (await api.Get($"/checkout/challenge/{intent["client_secret"]}/return")).Status);
        Assert.Equal("requires_action", (await api.Get(path)).Ok()["status"]);
        Assert.Equal(200, (await api.Post($"/checkout/challenge/{intent["client_secret"]}", "outcome=pass")).Status);
        Assert.Equal("requires_confirmation", (await api.Get(path)).Ok()["status"]);
        var paid = (await api.Post(path + "/confirm", "expand[]=latest_charge")).Ok();
        Assert.Equal("succeeded", paid["status"]);
        Assert.Equal("authenticated", paid.Json.GetProperty("latest_charge").GetProperty("payment_method_details").GetProperty("card").GetProperty("three_d_secure").GetProperty("result").GetString());
    }

    [Fact]
    public async Task What_the_ledger_keeps_of_a_token_s_request_says_nothing_of_the_number()
    {
        await using var product = await ProductProcess.Start();
        using var browser = new MerchantApi(product.Url, Publishable);
        var first = (await browser.Post("/v1/tokens", Card("4242424242424242"), "token-1")).Ok();
        Assert.Equal(first["id"], (await browser.Post("/v1/tokens", Card("4242424242424242"), "token-1")).Ok()["id"]);
        Assert.Equal(400, (await browser.Post("/v1/tokens", Card("5555555555554444"), "token-1")).Status);
        var text = "POST /v1/tokens\ncard[cvc]=123\ncard[exp_month]=12\ncard[exp_year]=2034\ncard[number]=4242424242424242";
        var plain = SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16).ToArray();
        var reversed = plain.Reverse().ToArray();
        await product.Kill();
        foreach (var file in Directory.GetFiles(product.Data, "*", SearchOption.AllDirectories))
        {
            // The lock is empty, and not to be opened by two.
            if (file.EndsWith(".lock", StringComparison.Ordinal))
                continue;
            var bytes = await File.ReadAllBytesAsync(file);
            Assert.True(bytes.AsSpan().IndexOf(plain) < 0 && bytes.AsSpan().IndexOf(reversed) < 0, file);
        }
    }

    private static string Card(string number) => $"card[number]={number}&card[exp_month]=12&card[exp_year]=2034&card[cvc]=123";
}
