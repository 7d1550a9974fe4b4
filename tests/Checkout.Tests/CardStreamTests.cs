using System.Net.Http.Headers;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Fraud.Client;

namespace Checkout.Tests;

/// <summary>Card payments in the stream that analysts listen to.</summary>
public sealed class CardStreamTests(ReviewedShop shop) : IClassFixture<ReviewedShop>
{
    [Fact]
    public async Task Each_judged_charge_is_an_event_and_filters_find_it()
    {
        var first = await shop.Pay("pm_card_mastercard", expectReview: false);
        var reviewed = await shop.Pay();
        var declined = await shop.Merchant.Post("/v1/payment_intents", "amount=700&currency=usd&payment_method=pm_card_visa_chargeDeclined&confirm=true");
        Assert.Equal(402, declined.Status);
        var charge = declined.Json.GetProperty("error").GetProperty("charge").GetString()!;

        var seen = await Read(new FraudStreamQuery { Type = "card.judged" }, until: charge);
        Assert.Equal(seen.Count, seen.Select(static each => each.Position).Distinct().Count());
        Assert.Equal(seen.Select(static each => each.Position).Order(), seen.Select(static each => each.Position));
        var paid = Assert.Single(seen, each => each.Subject == first["latest_charge"]);
        var data = paid.Envelope.GetProperty("data");
        Assert.Equal((RiskOutcome.Approve, first["id"], "20.00", "USD", "merchant_sandbox", "succeeded"), (paid.Outcome, data.GetProperty("paymentId").GetString(), data.GetProperty("amount").GetString(), data.GetProperty("currency").GetString(), data.GetProperty("merchant").GetString(), data.GetProperty("status").GetString()));
        Assert.Equal("mastercard", data.GetProperty("card").GetProperty("brand").GetString());
        Assert.Equal("failed", Assert.Single(seen, each => each.Subject == charge).Envelope.GetProperty("data").GetProperty("status").GetString());

        // What stood before the one that is waited for would have come before it.
        var ofReview = await Read(new FraudStreamQuery { Outcome = RiskOutcome.Review, Rule = "watch_list", MinScore = 50, Account = "merchant_sandbox" }, until: reviewed["latest_charge"]);
        Assert.All(ofReview, static each => Assert.Equal((RiskOutcome.Review, 50, "card.judged"), (each.Outcome, each.Score, each.Type)));
        Assert.Equal(reviewed["latest_charge"], Assert.Single(await Read(new FraudStreamQuery { Subject = reviewed["id"] }, until: reviewed["latest_charge"])).Subject);
        var ofCases = await Read(new FraudStreamQuery { Type = "fraud.case_opened", Account = "merchant_sandbox" }, until: (await shop.Case(reviewed))["id"]);
        Assert.NotEmpty(ofCases);
        Assert.Equal(422, (await shop.Analyst.Get("/fraud/stream?type=merchant.recorded")).Status);
        Assert.Equal(403, (await shop.Merchant.Get("/fraud/stream")).Status);
    }

    private async Task<List<FraudEvent>> Read(FraudStreamQuery query, string until)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(shop.Product.Url), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk_sandbox_analyst");
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var seen = new List<FraudEvent>();
        await foreach (var next in new FraudStreamClient(http, TimeProvider.System).Read(query, "0", late.Token))
        {
            seen.Add(next);
            if (next.Subject == until)
                return seen;
        }

        Assert.Fail($"The stream ended before {until} came.");
        return seen;
    }
}
