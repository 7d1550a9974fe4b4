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
        Assert.Equal("succeeded", (await browser.Post(path + "/confirm", secret + "&payment_method=pm_card_visa&expand[]=payment_method")).Ok()["status"]);
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
