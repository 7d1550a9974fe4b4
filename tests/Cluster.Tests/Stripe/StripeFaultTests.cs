using System.Collections.Concurrent;

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

    /// <summary>Faults that are tried at the same time: most of it is waiting.</summary>
    private const int AtOnce = 4;

    [Fact]
    public Task A_payment_is_charged_once() => Each(async (shop, wire, fault) =>
    {
        var amount = StripeSide.NewAmount();
        wire.Next(fault, "/v1/payment_intents", Tries);
        var paid = (await shop.Pay(amount, key: "pay")).Ok();
        Assert.Equal("processing", paid["status"]);

        var ours = await shop.Until(paid["id"], "succeeded");
        var theirs = await stripe.Only(amount);
        Assert.Equal(("succeeded", amount), (theirs.GetProperty("status").GetString(), theirs.GetProperty("amount_received").GetInt64()));
        Assert.Equal(amount, ours.GetProperty("amount_received").GetInt64());
    });

    [Fact]
    public Task What_is_asked_in_vain_is_asked_again() => Each(async (shop, wire, fault) =>
    {
        var amount = StripeSide.NewAmount();
        wire.Next(WireFault.AnswerLost, "/v1/payment_intents", 2);
        wire.Next(fault, "/v1/payment_intents", Tries, "GET");
        var paid = (await shop.Pay(amount)).Ok();
        Assert.Equal("processing", paid["status"]);
        await shop.Until(paid["id"], "succeeded");
        Assert.Equal(amount, (await stripe.Only(amount)).GetProperty("amount_received").GetInt64());
    });

    [Fact]
    public Task A_decline_that_was_not_heard_is_one() => Each(async (shop, wire, fault) =>
    {
        var amount = StripeSide.NewAmount();
        wire.Next(fault, "/v1/payment_intents", Tries);
        var paid = (await shop.Pay(amount, "4000000000009995")).Ok();
        Assert.Equal("processing", paid["status"]);
        var ours = await shop.Until(paid["id"], "requires_payment_method");
        Assert.Equal("insufficient_funds", ours.GetProperty("last_payment_error").GetProperty("decline_code").GetString());
        Assert.Equal(0, (await stripe.Only(amount)).GetProperty("amount_received").GetInt64());
    });

    [Fact]
    public Task Parts_are_captured_once() => Each(async (shop, wire, fault) =>
    {
        var amount = StripeSide.NewAmount();
        var held = await shop.Held(amount, "&payment_method_options[card][request_multicapture]=if_available");
        foreach (var _ in Enumerable.Range(0, 2))
        {
            wire.Next(fault, "/capture", Tries);
            Assert.Equal("processing", (await shop.Api.Post($"/v1/payment_intents/{held["id"]}/capture", "amount_to_capture=400&final_capture=false")).Ok()["status"]);
            await shop.Until(held["id"], "requires_capture");
        }

        Assert.Equal(800, (await stripe.Only(amount)).GetProperty("amount_received").GetInt64());
        wire.Next(fault, "/capture", Tries);
        Assert.Equal(Heard(fault, "succeeded"), (await shop.Api.Post($"/v1/payment_intents/{held["id"]}/capture", "amount_to_capture=0&final_capture=true")).Ok()["status"]);
        var ours = await shop.Until(held["id"], "succeeded");
        var theirs = await stripe.Only(amount);
        Assert.Equal((800, 800), (ours.GetProperty("amount_received").GetInt64(), theirs.GetProperty("amount_received").GetInt64()));
        Assert.Equal(("succeeded", 0), (theirs.GetProperty("status").GetString(), theirs.GetProperty("amount_capturable").GetInt64()));
    });

    [Fact]
    public Task A_release_is_one() => Each(async (shop, wire, fault) =>
    {
        var amount = StripeSide.NewAmount();
        var held = await shop.Held(amount);
        wire.Next(fault, "/cancel", Tries);
        Assert.Equal(Heard(fault, "canceled"), (await shop.Api.Post($"/v1/payment_intents/{held["id"]}/cancel", "")).Ok()["status"]);
        await shop.Until(held["id"], "canceled");
        Assert.Equal("canceled", (await stripe.Only(amount)).GetProperty("status").GetString());
    });

    [Fact]
    public Task An_authorization_is_raised_once() => Each(async (shop, wire, fault) =>
    {
        var amount = StripeSide.NewAmount();
        var held = await shop.Held(amount - 1_000, "&payment_method_options[card][request_incremental_authorization]=if_available");
        wire.Next(fault, "/increment_authorization", Tries);
        Assert.Equal(Heard(fault, "requires_capture"), (await shop.Api.Post($"/v1/payment_intents/{held["id"]}/increment_authorization", $"amount={amount}")).Ok()["status"]);
        await shop.Until(held["id"], "requires_capture");
        Assert.Equal(amount, (await stripe.Only(amount)).GetProperty("amount_capturable").GetInt64());
    });

    [Fact]
    public Task A_refund_is_one() => Each(async (shop, wire, fault) =>
    {
        var amount = StripeSide.NewAmount();
        var paid = (await shop.Pay(amount)).Ok();
        wire.Next(fault, "/v1/refunds", Tries);
        var refund = (await shop.Api.Post("/v1/refunds", $"payment_intent={paid["id"]}&amount=300")).Ok();
        Assert.Equal("pending", refund["status"]);
        var ours = await shop.Decided(refund["id"]);
        Assert.Equal("succeeded", ours.GetProperty("status").GetString());
        Assert.Equal(300, await stripe.Refunded(await stripe.Only(amount)));
    });

    // Each with a shop and a wire of its own. All that fail are told.
    private async Task Each(Func<StripeShop, StripeWire, WireFault, Task> test)
    {
        var failed = new ConcurrentBag<Exception>();
        await Parallel.ForEachAsync(Enum.GetValues<WireFault>(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (fault, _) =>
        {
            try
            {
                await using var wire = await stripe.NewWire();
                await using var shop = await StripeShop.Start(stripe, wire);
                await test(shop, wire, fault);
            }
            catch (Exception exception)
            {
                failed.Add(new InvalidOperationException($"{fault}: {exception.Message}", exception));
            }
        });
        if (!failed.IsEmpty)
            throw new AggregateException(failed);
    }

    // What is looked at before it is done is seen to be done at the second try.
    private static string Heard(WireFault fault, string done) =>
        fault is WireFault.AnswerLost or WireFault.AnswerCut or WireFault.Late or WireFault.FailedAfter ? done : "processing";
}
