using System.Text.Json;

namespace Cluster.Tests.Stripe;

/// <summary>
/// What goes wrong between us and Stripe, for longer than one call is tried: the payment is <c>processing</c>, the resolver asks, and
/// there is one effect on the other side.
/// </summary>
[Collection(StripeCollection.Name)]
public sealed class StripeFaultTests(StripeSide stripe)
{
    /// <summary>Both tries of a call, and one of the resolver's.</summary>
    private const int Tries = 3;

    public static TheoryData<WireFault> Faults => [.. Enum.GetValues<WireFault>()];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_payment_is_charged_once(WireFault fault)
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        stripe.Wire.Next(fault, "/v1/payment_intents", Tries);
        var paid = (await shop.Pay(amount, key: "pay")).Ok();
        Assert.Equal("processing", paid["status"]);

        var ours = await shop.Until(paid["id"], "succeeded");
        var theirs = await stripe.Only(amount);
        Assert.Equal(("succeeded", amount), (theirs.GetProperty("status").GetString(), theirs.GetProperty("amount_received").GetInt64()));
        Assert.Equal(amount, ours.GetProperty("amount_received").GetInt64());
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_is_asked_in_vain_is_asked_again(WireFault fault)
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        stripe.Wire.Next(WireFault.AnswerLost, "/v1/payment_intents", 2);
        stripe.Wire.Next(fault, "/v1/payment_intents", Tries, "GET");
        var paid = (await shop.Pay(amount)).Ok();
        Assert.Equal("processing", paid["status"]);
        await shop.Until(paid["id"], "succeeded");
        Assert.Equal(amount, (await stripe.Only(amount)).GetProperty("amount_received").GetInt64());
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_decline_that_was_not_heard_is_one(WireFault fault)
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        stripe.Wire.Next(fault, "/v1/payment_intents", Tries);
        var paid = (await shop.Pay(amount, "4000000000009995")).Ok();
        Assert.Equal("processing", paid["status"]);
        var ours = await shop.Until(paid["id"], "requires_payment_method");
        Assert.Equal("insufficient_funds", ours.GetProperty("last_payment_error").GetProperty("decline_code").GetString());
        Assert.Equal(0, (await stripe.Only(amount)).GetProperty("amount_received").GetInt64());
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Parts_are_captured_once(WireFault fault)
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        var held = await shop.Held(amount, "&payment_method_options[card][request_multicapture]=if_available");
        foreach (var _ in Enumerable.Range(0, 2))
        {
            stripe.Wire.Next(fault, "/capture", Tries);
            Assert.Equal("processing", (await shop.Api.Post($"/v1/payment_intents/{held["id"]}/capture", "amount_to_capture=400&final_capture=false")).Ok()["status"]);
            await shop.Until(held["id"], "requires_capture");
        }

        Assert.Equal(800, (await stripe.Only(amount)).GetProperty("amount_received").GetInt64());
        stripe.Wire.Next(fault, "/capture", Tries);
        Assert.Equal(Heard(fault, "succeeded"), (await shop.Api.Post($"/v1/payment_intents/{held["id"]}/capture", "amount_to_capture=0&final_capture=true")).Ok()["status"]);
        var ours = await shop.Until(held["id"], "succeeded");
        var theirs = await stripe.Only(amount);
        Assert.Equal((800, 800), (ours.GetProperty("amount_received").GetInt64(), theirs.GetProperty("amount_received").GetInt64()));
        Assert.Equal(("succeeded", 0), (theirs.GetProperty("status").GetString(), theirs.GetProperty("amount_capturable").GetInt64()));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_release_is_one(WireFault fault)
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        var held = await shop.Held(amount);
        stripe.Wire.Next(fault, "/cancel", Tries);
        Assert.Equal(Heard(fault, "canceled"), (await shop.Api.Post($"/v1/payment_intents/{held["id"]}/cancel", "")).Ok()["status"]);
        await shop.Until(held["id"], "canceled");
        Assert.Equal("canceled", (await stripe.Only(amount)).GetProperty("status").GetString());
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task An_authorization_is_raised_once(WireFault fault)
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        var held = await shop.Held(amount - 1_000, "&payment_method_options[card][request_incremental_authorization]=if_available");
        stripe.Wire.Next(fault, "/increment_authorization", Tries);
        Assert.Equal(Heard(fault, "requires_capture"), (await shop.Api.Post($"/v1/payment_intents/{held["id"]}/increment_authorization", $"amount={amount}")).Ok()["status"]);
        await shop.Until(held["id"], "requires_capture");
        Assert.Equal(amount, (await stripe.Only(amount)).GetProperty("amount_capturable").GetInt64());
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_refund_is_one(WireFault fault)
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        var paid = (await shop.Pay(amount)).Ok();
        stripe.Wire.Next(fault, "/v1/refunds", Tries);
        var refund = (await shop.Api.Post("/v1/refunds", $"payment_intent={paid["id"]}&amount=300")).Ok();
        Assert.Equal("pending", refund["status"]);
        JsonElement ours;
        while ((ours = (await shop.Api.Get($"/v1/refunds/{refund["id"]}")).Ok().Json).GetProperty("status").GetString() == "pending")
            await Task.Delay(25);
        Assert.Equal("succeeded", ours.GetProperty("status").GetString());
        Assert.Equal(300, await stripe.Refunded(await stripe.Only(amount)));
    }

    // What is looked at before it is done is seen to be done at the second try.
    private static string Heard(WireFault fault, string done) =>
        fault is WireFault.AnswerLost or WireFault.AnswerCut or WireFault.Late or WireFault.FailedAfter ? done : "processing";
}
