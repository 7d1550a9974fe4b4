namespace Checkout.Tests;

/// <summary>A refusal that came of executing a request is its answer: it is there before it is told, and outlives the process.</summary>
public sealed class KeptRefusalTests
{
    [Fact]
    public async Task A_refusal_is_the_same_after_a_kill_whatever_changed()
    {
        await using var product = await ProductProcess.Start();
        using var api = new MerchantApi(product.Url);
        var id = (await api.Post("/v1/payment_intents", "amount=2000&currency=usd")).Ok()["id"];
        var refused = await api.Post($"/v1/payment_intents/{id}/confirm", "", "confirm-1");
        Assert.Equal((400, false), (refused.Status, refused.IsReplay));
        Assert.Contains("payment_intent_unexpected_state", refused.Text);
        await product.Kill();
        await product.StartAgain();
        (await api.Post("/v1/payment_intents/" + id, "payment_method=pm_card_visa")).Ok();
        var again = await api.Post($"/v1/payment_intents/{id}/confirm", "", "confirm-1");
        Assert.Equal((400, true, refused.Text), (again.Status, again.IsReplay, again.Text));
        Assert.Equal("requires_confirmation", (await api.Get("/v1/payment_intents/" + id))["status"]);

        // Other parameters under the key are another request; a key that only failed validation is free.
        var other = await api.Post($"/v1/payment_intents/{id}/confirm", "return_url=https://shop.example/", "confirm-1");
        Assert.Contains("idempotency_error", other.Text);
        Assert.Equal(400, (await api.Post($"/v1/payment_intents/{id}/confirm", "nonsense=1", "confirm-2")).Status);
        (await api.Post($"/v1/payment_intents/{id}/confirm", "", "confirm-2")).Ok();
    }
}
