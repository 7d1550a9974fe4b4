using System.Text.Json;

namespace Checkout.Tests;

/// <summary>A product of its own, whose analysts watch one card: each payment with it is to be looked at.</summary>
public sealed class ReviewedShop : IAsyncLifetime
{
    /// <summary>The published card that is watched.</summary>
    internal const string Watched = "pm_card_visa";

    private ProductProcess? product;
    private int keys;

    internal ProductProcess Product => product!;

    internal MerchantApi Merchant { get; private set; } = null!;

    internal MerchantApi Analyst { get; private set; } = null!;

    internal MerchantApi SecondAnalyst { get; private set; } = null!;

    /// <summary>Of the watched card.</summary>
    internal string Fingerprint { get; private set; } = "";

    public async Task InitializeAsync()
    {
        product = await ProductProcess.Start();
        Merchant = new MerchantApi(product.Url);
        Analyst = new MerchantApi(product.Url, "sk_sandbox_analyst");
        SecondAnalyst = new MerchantApi(product.Url, "sk_sandbox_analyst2");
        var paid = await Pay("pm_card_visa", expectReview: false);
        Fingerprint = (await Charge(paid)).GetProperty("payment_method_details").GetProperty("card").GetProperty("fingerprint").GetString()!;
        await List("watch", "card", Fingerprint);
    }

    public async Task DisposeAsync()
    {
        Merchant.Dispose();
        Analyst.Dispose();
        SecondAnalyst.Dispose();
        await Product.DisposeAsync();
    }

    internal async Task<WireReply> List(string list, string kind, string value, string more = "") =>
        Created(await Analyst.PostJson($"/fraud/lists/{list}/entries", $$"""{"kind":"{{kind}}","value":"{{value}}","reason":"A test."{{more}}}"""));

    internal async Task<WireReply> Pay(string card = Watched, string more = "", bool expectReview = true, int amount = 2_000)
    {
        var paid = (await Merchant.Post("/v1/payment_intents", $"amount={amount}&currency=usd&payment_method={card}&confirm=true{more}")).Ok();
        Assert.Equal(expectReview ? "manual_review" : "authorized", (await Charge(paid)).GetProperty("outcome").GetProperty("type").GetString());
        return paid;
    }

    internal async Task<JsonElement> Charge(WireReply intent) => (await Merchant.Get("/v1/charges/" + intent["latest_charge"])).Ok().Json;

    internal async Task<WireReply> Intent(WireReply intent) => (await Merchant.Get("/v1/payment_intents/" + intent["id"])).Ok();

    internal async Task<WireReply> Case(WireReply intent)
    {
        var found = (await Analyst.Get("/fraud/cases?paymentId=" + intent["id"])).Ok().Json.GetProperty("data");
        return (await Analyst.Get("/fraud/cases/" + Assert.Single(found.EnumerateArray()).GetProperty("id").GetString())).Ok();
    }

    internal async Task<WireReply> Act(string id, string action, string body, MerchantApi? by = null, string? key = null) =>
        await (by ?? Analyst).PostJson($"/fraud/cases/{id}/{action}", body, key ?? $"act-{Interlocked.Increment(ref keys)}");

    internal async Task<JsonElement[]> Refunds(WireReply intent) => [.. (await Merchant.Get("/v1/refunds?payment_intent=" + intent["id"])).Ok().Json.GetProperty("data").EnumerateArray()];

    /// <summary>The types of an object's webhook events, oldest first.</summary>
    internal async Task<string[]> EventsOf(string id) => [.. (await Merchant.Get("/v1/events?limit=100")).Ok().Json.GetProperty("data").EnumerateArray()
        .Where(each => each.GetProperty("data").GetProperty("object").GetProperty("id").GetString() == id).Select(static each => each.GetProperty("type").GetString()!).Reverse()];

    /// <summary>The types of a case's events, as analysts see them.</summary>
    internal async Task<(string Type, int Version)[]> CaseEvents(string id) => [.. (await Analyst.Get("/events?limit=1000&subject=" + id)).Ok().Json.GetProperty("data").EnumerateArray()
        .Select(static each => (each.GetProperty("type").GetString()!, each.GetProperty("version").GetInt32()))];

    private static WireReply Created(WireReply reply)
    {
        Assert.True(reply.Status == 201, $"{reply.Status}: {reply.Text}");
        return reply;
    }
}
