using System.Text.Json;

namespace Cluster.Tests.Stripe;

/// <summary>Disputes that are opened at Stripe: each is one here, its money moves once, whatever is told of it and how often.</summary>
public sealed class StripeDisputeTests(StripeSide stripe) : IClassFixture<StripeSide>
{
    private const string Disputed = "4000000000000259";
    private const string Inquired = "4000000000001976";
    private const long Fee = 1_500;

    [Theory]
    [InlineData("winning_evidence", "won")]
    [InlineData("losing_evidence", "lost")]
    public async Task A_dispute_of_which_nothing_is_told_is_found_and_taken_over_once(string evidence, string end)
    {
        await using var wire = await stripe.NewWire();
        await using var shop = await StripeShop.Start(stripe, wire, looksEveryMs: 100);
        var amount = StripeSide.NewAmount();
        // Its first looks find it, and hear nothing of it.
        wire.Next(WireFault.Failed, "/v1/disputes/", 3, "GET");
        var paid = (await shop.Pay(amount, Disputed)).Ok();
        var ours = await shop.Dispute(paid["id"], "needs_response");
        var id = ours.GetProperty("id").GetString()!;
        var theirs = await stripe.Dispute(amount);
        foreach (var name in (string[])["amount", "currency", "reason", "status", "is_charge_refundable"])
            Assert.Equal(theirs.GetProperty(name).ToString(), ours.GetProperty(name).ToString());
        Assert.Equal(theirs.GetProperty("evidence_details").GetProperty("due_by").GetInt64(), ours.GetProperty("evidence_details").GetProperty("due_by").GetInt64());
        Assert.True((await shop.Api.Get($"/v1/charges/{paid["latest_charge"]}")).Ok().Json.GetProperty("disputed").GetBoolean());
        await Looks(wire, 3);
        Assert.Equal([(-amount, Fee)], await shop.Booked(id));

        (await stripe.Api.Post($"/v1/disputes/{theirs.GetProperty("id").GetString()}", $"evidence[uncategorized_text]={evidence}")).Ok();
        await shop.Pass(120);
        await shop.Dispute(paid["id"], end);
        await shop.Pass(200_000);
        await Looks(wire, 3);
        Assert.Equal(end == "won" ? [(-amount, Fee), (amount, 0)] : [(-amount, Fee)], await shop.Booked(id));
        Assert.Equal((1, 1), (await shop.Told("charge.dispute.created", id), await shop.Told("charge.dispute.closed", id)));
        shop.Audit();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_told_twice_late_and_in_any_order_is_one_dispute(bool isBackwards)
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        var paid = (await shop.Pay(amount, Disputed)).Ok();
        var theirs = await stripe.Dispute(amount);
        var before = await stripe.Events(theirs);
        if (!isBackwards)
        {
            foreach (var happened in before)
                await shop.Tell(happened);
            await shop.Dispute(paid["id"], "needs_response");
        }

        (await stripe.Api.Post($"/v1/disputes/{theirs.GetProperty("id").GetString()}", "evidence[uncategorized_text]=winning_evidence")).Ok();
        var all = await stripe.Events(theirs);
        Assert.True(all.Count >= 4 && all.Count > before.Count);
        // The last one first, so that what is over already is opened and closed at once; then each twice, at the same time.
        if (isBackwards)
            await shop.Tell(all[^1]);
        await Task.WhenAll(all.Concat(all).Reverse().Select(shop.Tell));

        var id = (await shop.Dispute(paid["id"], "won")).GetProperty("id").GetString()!;
        Assert.Equal([(-amount, Fee), (amount, 0)], await shop.Booked(id));
        Assert.Equal((1, 1), (await shop.Told("charge.dispute.created", id), await shop.Told("charge.dispute.closed", id)));
        shop.Audit();
    }

    [Fact]
    public async Task What_an_event_says_is_not_believed()
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        var paid = (await shop.Pay(amount, Disputed)).Ok();
        var happened = (await stripe.Events(await stripe.Dispute(amount)))[0];
        await shop.Tell(happened.Replace("needs_response", "lost", StringComparison.Ordinal).Replace($"{amount}", "1", StringComparison.Ordinal));
        Assert.Equal(amount, (await shop.Dispute(paid["id"], "needs_response")).GetProperty("amount").GetInt64());
        // Nor is it taken where Stripe cannot be asked: it is told again.
        stripe.Wire.Next(WireFault.Failed, "/v1/disputes/", 1, "GET");
        Assert.Equal(503, await shop.TellOnce(happened));
        Assert.Equal(200, await shop.TellOnce(happened));
    }

    [Fact]
    public async Task What_is_not_followed_is_left_to_who_books_it()
    {
        await using var wire = await stripe.NewWire();
        await using var shop = await StripeShop.Start(stripe, wire, looksEveryMs: 100, follows: false);
        var amount = StripeSide.NewAmount();
        var paid = (await shop.Pay(amount, Disputed)).Ok();
        foreach (var happened in await stripe.Events(await stripe.Dispute(amount)))
            Assert.Equal(200, await shop.TellOnce(happened));
        var refund = (await shop.Pay(StripeSide.NewAmount())).Ok()["id"];
        Assert.Equal("succeeded", (await shop.Api.Post("/v1/refunds", $"payment_intent={refund}")).Ok()["status"]);
        var calls = wire.Calls("/v1/refunds");
        await shop.Pass(200_000);
        await shop.Until(paid["id"], "succeeded");
        Assert.Empty((await shop.Api.Get("/v1/disputes")).Ok().Json.GetProperty("data").EnumerateArray());
        Assert.Equal((0, calls), (wire.Calls("/v1/disputes"), wire.Calls("/v1/refunds")));
    }

    [Fact]
    public async Task An_inquiry_takes_no_money_until_it_becomes_a_dispute()
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        var paid = (await shop.Pay(amount, Inquired)).Ok();
        var theirs = await stripe.Dispute(amount);
        await TellAll(shop, theirs);
        var id = (await shop.Dispute(paid["id"], "warning_needs_response")).GetProperty("id").GetString()!;
        Assert.Empty(await shop.Booked(id));

        (await stripe.Api.Post($"/v1/disputes/{theirs.GetProperty("id").GetString()}", "evidence[uncategorized_text]=escalate_inquiry_evidence")).Ok();
        await TellAll(shop, theirs);
        await TellAll(shop, theirs);
        await shop.Dispute(paid["id"], "needs_response");
        Assert.Equal([(-amount, Fee)], await shop.Booked(id));
        shop.Audit();
    }

    [Fact]
    public async Task An_inquiry_that_is_closed_has_moved_nothing()
    {
        await using var shop = await StripeShop.Start(stripe);
        var amount = StripeSide.NewAmount();
        var paid = (await shop.Pay(amount, Inquired)).Ok();
        var theirs = await stripe.Dispute(amount);
        (await stripe.Api.Post($"/v1/disputes/{theirs.GetProperty("id").GetString()}/close", "")).Ok();
        await TellAll(shop, theirs);
        Assert.Empty(await shop.Booked((await shop.Dispute(paid["id"], "warning_closed")).GetProperty("id").GetString()!));
        shop.Audit();
    }

    [Fact]
    public async Task A_dispute_of_another_ledger_s_payment_under_the_same_key_is_not_ours()
    {
        await using var other = await StripeShop.Start(stripe);
        await using var shop = await StripeShop.Start(stripe);
        var (amount, theirAmount) = (StripeSide.NewAmount(), StripeSide.NewAmount());
        var paid = (await shop.Pay(amount)).Ok();
        var theirs = (await other.Pay(theirAmount, Disputed)).Ok();
        // Ledgers count alike.
        Assert.Equal(paid["id"], theirs["id"]);
        await TellAll(shop, await stripe.Dispute(theirAmount));
        Assert.Empty((await shop.Api.Get("/v1/disputes")).Ok().Json.GetProperty("data").EnumerateArray());
        await TellAll(other, await stripe.Dispute(theirAmount));
        await other.Dispute(theirs["id"], "needs_response");
    }

    private async Task TellAll(StripeShop shop, JsonElement about)
    {
        foreach (var happened in await stripe.Events(about))
            await shop.Tell(happened);
    }

    private static Task Looks(StripeWire wire, int count) => wire.Called("/v1/disputes", wire.Calls("/v1/disputes") + count);
}
