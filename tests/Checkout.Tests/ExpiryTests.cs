namespace Checkout.Tests;

public sealed class ExpiryTests
{
    [Fact]
    public async Task An_authorization_ends_after_its_window_and_its_hold_is_released()
    {
        await using var product = await ProductProcess.Start();
        using var api = new MerchantApi(product.Url);
        var held = (await api.Post("/v1/payment_intents", "amount=5000&currency=usd&payment_method=pm_card_visa&confirm=true&capture_method=manual")).Ok();
        Assert.Equal("requires_capture", held["status"]);
        await AdvanceTo(api, (7 * 24 * 3600) + 1);
        // Late or not, nothing can be captured any more.
        Assert.Contains((await api.Post($"/v1/payment_intents/{held["id"]}/capture", "")).Status, (int[])[400, 409]);
        var expired = held;
        for (var i = 0; i < 200 && (expired = await api.Get($"/v1/payment_intents/{held["id"]}"))["status"] is "requires_capture" or "processing"; i++)
            await Task.Delay(50);
        Assert.Equal("canceled", expired["status"]);
        Assert.Equal("automatic", expired["cancellation_reason"]);
        var types = (await api.Get("/v1/events?limit=100")).Json.GetProperty("data").EnumerateArray().Select(static e => e.GetProperty("type").GetString()).Take(2).ToList();
        Assert.Equal(["payment_intent.canceled", "charge.expired"], types);
        using var bank = new MerchantApi(product.Url, "sk_sandbox_admin");
        foreach (var line in (await bank.Get("/audit/trial-balance")).Json.GetProperty("data").EnumerateArray())
        {
            Assert.True(line.GetProperty("balanced").GetBoolean());
            Assert.Equal("0.00", line.GetProperty("debitsPending").GetString());
        }
    }

    [Fact]
    public async Task An_idempotency_key_is_kept_a_day()
    {
        await using var product = await ProductProcess.Start();
        using var api = new MerchantApi(product.Url);
        var first = (await api.Post("/v1/customers", "name=Ada", "key-1")).Ok();
        Assert.Equal(first.Text, (await api.Post("/v1/customers", "name=Ada", "key-1")).Ok().Text);
        Assert.Equal(400, (await api.Post("/v1/customers", "name=Bob", "key-1")).Status);
        await AdvanceTo(api, (24 * 3600) + 1);
        var second = (await api.Post("/v1/customers", "name=Bob", "key-1")).Ok();
        Assert.NotEqual(first["id"], second["id"]);
        var again = await api.Post("/v1/customers", "name=Bob", "key-1");
        Assert.True(again.IsReplay);
        Assert.Equal(second.Text, again.Text);
    }

    private static async Task AdvanceTo(MerchantApi api, long seconds) => (await api.PostJson("/sandbox/clock/advance", $$"""{"seconds":{{seconds}}}""")).Ok();
}
