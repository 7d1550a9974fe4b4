using System.Text.Json;

namespace Checkout.Tests;

/// <summary>Every request and its answer can be looked up by its id, redacted; a restart keeps them.</summary>
public sealed class RequestLogTests
{
    [Fact]
    public async Task Requests_are_found_by_id_and_filter_and_outlive_a_restart()
    {
        await using var product = await ProductProcess.Start();
        using var api = new MerchantApi(product.Url);
        using var browser = new MerchantApi(product.Url, "pk_test_sandbox_merchant");
        var paid = (await api.Post("/v1/payment_intents", "amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true", "order-1")).Ok();
        var declined = await api.Post("/v1/payment_intents", "amount=2100&currency=usd&payment_method=pm_card_visa_chargeDeclined&confirm=true");
        Assert.Equal(402, declined.Status);
        (await api.Post("/v1/payment_intents", "amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true", "order-1")).Ok();
        (await browser.Post("/v1/tokens", "card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2034&card[cvc]=987")).Ok();
        Assert.Equal(404, (await api.Get("/v1/nothing")).Status);

        // The link of a card error leads to the request.
        var link = declined.Json.GetProperty("error").GetProperty("request_log_url").GetString()!;
        var shown = (await api.Get("/requests/" + link.Split('/')[^1])).Ok().Json;
        Assert.Equal((402, "POST", "/v1/payment_intents", "card_declined"), (shown.GetProperty("status").GetInt32(), shown.GetProperty("method").GetString(), shown.GetProperty("path").GetString(), shown.GetProperty("errorCode").GetString()));
        Assert.Equal(declined.Text, shown.GetProperty("answer").GetString());
        Assert.Contains(shown.GetProperty("parameters").EnumerateArray(), static parameter => parameter.GetProperty("name").GetString() == "amount" && parameter.GetProperty("value").GetString() == "2100");
        Assert.Contains(shown.GetProperty("objects").EnumerateArray(), id => id.GetString() == declined.Json.GetProperty("error").GetProperty("payment_intent").GetProperty("id").GetString());

        var token = Assert.Single(await List(api, "path=/v1/tokens"));
        var entered = (await api.Get("/requests/" + token.GetProperty("id").GetString())).Ok();
        Assert.Equal(["[redacted]", "[redacted]"], entered.Json.GetProperty("parameters").EnumerateArray().Where(static p => p.GetProperty("name").GetString() is "card[number]" or "card[cvc]").Select(static p => p.GetProperty("value").GetString()));
        Assert.DoesNotContain("4242424242424242", entered.Text);
        Assert.DoesNotContain("987", entered.Json.GetProperty("parameters").ToString());

        Assert.Equal(2, (await List(api, "idempotencyKey=order-1")).Count);
        Assert.Single(await List(api, "status=402"));
        Assert.Equal(2, (await List(api, "status=4xx")).Count);
        Assert.Equal(2, (await List(api, "object=" + paid["id"])).Count);
        Assert.Equal(422, (await api.Get("/requests?status=maybe")).Status);
        var first = (await api.Get("/requests?limit=2")).Ok().Json;
        var rest = await List(api, "limit=50&after=" + first.GetProperty("next").GetString());
        Assert.Equal(5, first.GetProperty("data").GetArrayLength() + rest.Count);

        // Another merchant sees none of them; whoever has no key leaves nothing of what it sent.
        using var other = new MerchantApi(product.Url, "sk_test_sandbox_merchant2");
        Assert.Empty(await List(other, ""));
        Assert.Equal(404, (await other.Get("/requests/" + link.Split('/')[^1])).Status);
        using var stranger = new MerchantApi(product.Url, "sk_test_nobody");
        Assert.Equal(401, (await stranger.Post("/v1/customers", "name=Mallory")).Status);
        using var admin = new MerchantApi(product.Url, "sk_sandbox_admin");
        var unknown = Assert.Single(await List(admin, "status=401"));
        Assert.DoesNotContain("Mallory", (await admin.Get("/requests/" + unknown.GetProperty("id").GetString())).Ok().Text);

        await product.Kill();
        await product.StartAgain();
        Assert.Equal(5, (await List(api, "limit=50")).Count);
        Assert.Equal(shown.ToString(), (await api.Get("/requests/" + link.Split('/')[^1])).Ok().Json.ToString());
    }

    [Fact]
    public async Task A_request_is_kept_whole_or_said_to_be_cut()
    {
        await using var product = await ProductProcess.Start();
        using var api = new MerchantApi(product.Url);
        // The longest that any parameter takes, and longer.
        foreach (var (length, isCut) in ((int, bool)[])[(5_000, false), (20_000, false), (20_001, true)])
        {
            var value = new string('x', length - 1) + "y";
            await api.Post("/v1/customers", "description=" + value, "long-" + length);
            var entry = Assert.Single(await List(api, "idempotencyKey=long-" + length));
            var kept = (await api.Get("/requests/" + entry.GetProperty("id").GetString())).Ok().Json;
            Assert.Equal(isCut, kept.GetProperty("cut").GetBoolean());
            var text = Assert.Single(kept.GetProperty("parameters").EnumerateArray()).GetProperty("value").GetString()!;
            Assert.Equal(isCut, text != value);
        }
    }

    [Fact]
    public async Task An_endpoints_secret_is_kept_nowhere_however_its_path_is_written()
    {
        await using var product = await ProductProcess.Start();
        using var api = new MerchantApi(product.Url);
        foreach (var path in (string[])["/v1/webhook_endpoints", "/V1/Webhook_Endpoints", "/v1/WEBHOOK_ENDPOINTS/"])
        {
            var made = (await api.Post(path, "url=http://127.0.0.1:1/&enabled_events[]=charge.captured")).Ok();
            Assert.StartsWith("whsec_", made["secret"]);
            var entry = (await List(api, "object=" + made["id"]))[0];
            Assert.DoesNotContain(made["secret"], (await api.Get("/requests/" + entry.GetProperty("id").GetString())).Ok().Text);
        }
    }

    private static async Task<List<JsonElement>> List(MerchantApi api, string query) => [.. (await api.Get("/requests?" + query)).Ok().Json.GetProperty("data").EnumerateArray()];
}
