using System.Text.Json;

namespace Cluster.Tests.Stripe;

/// <summary>What a merchant says to a dispute that Stripe opened: it is sent there once, and done once Stripe has it.</summary>
public sealed class StripeEvidenceTests(StripeSide stripe) : IClassFixture<StripeSide>
{
    private const string Disputed = "4000000000000259";

    [Fact]
    public async Task Evidence_is_staged_and_submitted_there_and_how_it_ends_is_taken_over()
    {
        await using var shop = await StripeShop.Start(stripe);
        var (amount, intent, path) = await Opened(shop);
        var staged = (await shop.Api.Post(path, "evidence[customer_name]=Ada&submit=false&metadata[note]=a")).Ok().Json;
        Assert.Equal(("needs_response", true, 0), Answered(staged));
        Assert.Equal(("needs_response", true, 0), Answered(await stripe.Dispute(amount)));
        Assert.Equal("a", staged.GetProperty("metadata").GetProperty("note").GetString());

        var submitted = (await shop.Api.Post(path, "evidence[uncategorized_text]=winning_evidence&submit=true")).Ok().Json;
        // Stripe's answer says how it ended, where it is decided at once.
        Assert.Equal(("won", true, 1), Answered(submitted));
        var theirs = await stripe.Dispute(amount);
        Assert.Equal(("won", true, 1), Answered(theirs));
        var ours = await shop.Dispute(intent, "won");
        foreach (var side in (JsonElement[])[theirs, ours])
            Assert.Equal(("Ada", "winning_evidence"), (side.GetProperty("evidence").GetProperty("customer_name").GetString(), side.GetProperty("evidence").GetProperty("uncategorized_text").GetString()));
        Assert.Equal([(-amount, 1_500), (amount, 0)], await shop.Booked(ours.GetProperty("id").GetString()!));
        shop.Audit();
    }

    [Theory]
    [InlineData(WireFault.Lost)]
    [InlineData(WireFault.AnswerLost)]
    [InlineData(WireFault.FailedAfter)]
    [InlineData(WireFault.Busy)]
    public async Task Evidence_whose_answer_does_not_come_is_submitted_once(WireFault fault)
    {
        await using var wire = await stripe.NewWire();
        await using var shop = await StripeShop.Start(stripe, wire);
        var (amount, intent, path) = await Opened(shop);
        wire.Next(fault, "/v1/disputes/", 3);
        Assert.Equal(("needs_response", false, 0), Answered((await shop.Api.Post(path, "evidence[uncategorized_text]=heard")).Ok().Json));
        // Meanwhile nothing else is said.
        Assert.Equal(409, (await shop.Api.Post(path, "evidence[uncategorized_text]=other")).Status);
        Assert.Equal(("under_review", true, 1), Answered(await shop.Dispute(intent, "under_review")));
        var theirs = await stripe.Dispute(amount);
        Assert.Equal(("under_review", true, 1), Answered(theirs));
        Assert.Equal("heard", theirs.GetProperty("evidence").GetProperty("uncategorized_text").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(WireFault.AnswerLost)]
    public async Task A_dispute_that_is_given_up_is_lost_on_both_sides(WireFault? fault)
    {
        await using var wire = await stripe.NewWire();
        await using var shop = await StripeShop.Start(stripe, wire);
        var (amount, intent, path) = await Opened(shop);
        if (fault is { } happens)
            wire.Next(happens, "/close", 3);
        Assert.Equal(fault is null ? "lost" : "needs_response", (await shop.Api.Post(path + "/close", "")).Ok()["status"]);
        var ours = await shop.Dispute(intent, "lost");
        Assert.Equal("lost", (await stripe.Dispute(amount)).GetProperty("status").GetString());
        Assert.Equal([(-amount, 1_500)], await shop.Booked(ours.GetProperty("id").GetString()!));
        shop.Audit();
    }

    [Fact]
    public async Task What_Stripe_does_not_take_any_more_is_refused()
    {
        await using var shop = await StripeShop.Start(stripe);
        var (amount, intent, path) = await Opened(shop);
        (await stripe.Api.Post($"/v1/disputes/{(await stripe.Dispute(amount)).GetProperty("id").GetString()}/close", "")).Ok();
        Assert.Equal(400, (await shop.Api.Post(path, "evidence[uncategorized_text]=late")).Status);
        Assert.Equal(("needs_response", false, 0), Answered(await shop.Dispute(intent, "needs_response")));
        await shop.Pass(120);
        await shop.Dispute(intent, "lost");
    }

    private async Task<(long Amount, string Intent, string Path)> Opened(StripeShop shop)
    {
        var amount = StripeSide.NewAmount();
        var paid = (await shop.Pay(amount, Disputed)).Ok();
        foreach (var happened in await stripe.Events(await stripe.Dispute(amount)))
            await shop.Tell(happened);
        return (amount, paid["id"], $"/v1/disputes/{(await shop.Dispute(paid["id"], "needs_response")).GetProperty("id").GetString()}");
    }

    private static (string? Status, bool HasEvidence, long Submissions) Answered(JsonElement dispute) =>
        (dispute.GetProperty("status").GetString(), dispute.GetProperty("evidence_details").GetProperty("has_evidence").GetBoolean(), dispute.GetProperty("evidence_details").GetProperty("submission_count").GetInt64());
}
