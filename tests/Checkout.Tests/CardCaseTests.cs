using System.Text.Json;

namespace Checkout.Tests;

/// <summary>A card payment that somebody is to look at: it goes on, its case says of whom and how much, and each word on it has one effect.</summary>
public sealed class CardCaseTests(ReviewedShop shop) : IClassFixture<ReviewedShop>
{
    [Fact]
    public async Task The_case_says_who_paid_how_much_with_which_card()
    {
        var paid = await shop.Pay(more: "&receipt_email=ada@example.com", amount: 12_345);
        Assert.Equal("succeeded", paid["status"]);
        var opened = await shop.Case(paid);
        var charge = await shop.Charge(paid);
        Assert.Equal(("open", 1, "123.45", "USD", "card_payment"), (opened["status"], opened.Json.GetProperty("version").GetInt32(), opened["amount"], opened["currency"], opened["kind"]));
        Assert.Equal((paid["id"], "merchant_sandbox:balance", 50), (opened["paymentId"], opened["creditorAccount"], opened.Json.GetProperty("score").GetInt32()));
        Assert.Equal((JsonValueKind.Null, "watch_list"), (opened.Json.GetProperty("debtorAccount").ValueKind, opened.Json.GetProperty("rules")[0].GetString()));
        var card = opened.Json.GetProperty("card");
        string Of(string name) => card.GetProperty(name).GetString()!;
        Assert.Equal(("merchant_sandbox", paid["latest_charge"], "visa", "4242", shop.Fingerprint, "US", "credit"), (Of("merchant"), Of("charge"), Of("brand"), Of("last4"), Of("fingerprint"), Of("country"), Of("funding")));
        Assert.Equal((Of("review"), Of("review")), (charge.GetProperty("review").GetString(), paid["review"]));
        Assert.Equal([("fraud.case_opened", 1)], await shop.CaseEvents(opened["id"]));
        foreach (var filter in new[] { "merchant=merchant_sandbox", "card=" + shop.Fingerprint, "status=open", "status=open&order=amount" })
            Assert.Contains((await shop.Analyst.Get($"/fraud/cases?limit=1000&{filter}")).Ok().Json.GetProperty("data").EnumerateArray(), each => each.GetProperty("id").GetString() == opened["id"]);
        Assert.Equal("review", (await shop.Analyst.Get("/fraud/decisions/" + opened["paymentId"])).Ok()["outcome"]);
        // It is analysts' alone.
        Assert.Equal((403, 404), ((await shop.Merchant.Get("/fraud/cases/" + opened["id"])).Status, (await shop.Merchant.Get("/v1/reviews/" + opened["id"])).Status));
        Assert.Empty((await shop.Merchant.Get("/events?limit=1000&subject=" + opened["id"])).Ok().Json.GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task Approved_it_stands_and_a_second_analyst_hears_who_acted()
    {
        var paid = await shop.Pay();
        var opened = await shop.Case(paid);
        var closed = (await shop.Act(opened["id"], "approve", """{"version":1,"label":"false_positive"}""")).Ok();
        Assert.Equal(("closed", "released", "false_positive", "analyst"), (closed["status"], closed["resolution"], closed["label"], closed["changedBy"]));
        var late = await shop.Act(opened["id"], "decline", """{"version":1}""", shop.SecondAnalyst);
        Assert.Equal((409, "case_closed", "analyst", "released"), (late.Status, late["code"], late["actedBy"], late["resolution"]));
        Assert.Equal(("succeeded", 0), ((await shop.Intent(paid))["status"], (await shop.Refunds(paid)).Length));
        var review = (await shop.Merchant.Get("/v1/reviews/" + paid["review"])).Ok();
        Assert.Equal(("False", "approved"), (review["open"], review["closed_reason"]));
        Assert.Equal(["review.opened", "review.closed"], await shop.EventsOf(paid["review"]));
        Assert.Equal([("fraud.case_opened", 1), ("fraud.case_closed", 2)], await shop.CaseEvents(opened["id"]));
    }

    [Fact]
    public async Task Declined_what_was_captured_goes_back_once_as_fraudulent()
    {
        var paid = await shop.Pay(amount: 3_000);
        (await shop.Merchant.Post("/v1/refunds", $"payment_intent={paid["id"]}&amount=1000")).Ok();
        var opened = await shop.Case(paid);
        Assert.Equal("open", opened["status"]);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shop.Act(opened["id"], "decline", """{"version":1,"label":"confirmed_fraud"}""", key: "once-" + opened["id"])));
        Assert.All(answers, answer => Assert.Equal(answers[0].Text, answer.Ok().Text));
        Assert.Equal(7, answers.Count(static answer => answer.IsReplay));
        Assert.Equal(("refused", 2), (answers[0]["resolution"], answers[0].Json.GetProperty("version").GetInt32()));
        Assert.Equal(422, (await shop.Act(opened["id"], "approve", """{"version":1}""", key: "once-" + opened["id"])).Status);
        var refunds = await shop.Refunds(paid);
        Assert.Equal([(2_000, "fraudulent", "succeeded"), (1_000, null, "succeeded")], refunds.Select(static refund => (refund.GetProperty("amount").GetInt32(), refund.GetProperty("reason").GetString(), refund.GetProperty("status").GetString())));
        Assert.True((await shop.Charge(paid)).GetProperty("refunded").GetBoolean());
        Assert.Equal("refunded_as_fraud", (await shop.Merchant.Get("/v1/reviews/" + paid["review"])).Ok()["closed_reason"]);
        // The refund that it made itself closes it no second time.
        Assert.Equal(2, (await shop.Case(paid)).Json.GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Declined_what_is_authorized_is_canceled_and_what_was_captured_of_it_goes_back()
    {
        var held = await shop.Pay(more: "&capture_method=manual");
        Assert.Equal("requires_capture", held["status"]);
        (await shop.Act((await shop.Case(held))["id"], "decline", """{"version":1}""")).Ok();
        var canceled = await shop.Intent(held);
        Assert.Equal(("canceled", "fraudulent"), (canceled["status"], canceled["cancellation_reason"]));
        Assert.Equal(("canceled", 0), ((await shop.Merchant.Get("/v1/reviews/" + held["review"])).Ok()["closed_reason"], (await shop.Refunds(held)).Length));

        var parts = await shop.Pay(more: "&capture_method=manual&payment_method_options[card][request_multicapture]=if_available");
        (await shop.Merchant.Post($"/v1/payment_intents/{parts["id"]}/capture", "amount_to_capture=500&final_capture=false")).Ok();
        (await shop.Act((await shop.Case(parts))["id"], "decline", """{"version":1}""")).Ok();
        var after = await shop.Intent(parts);
        Assert.Equal(("succeeded", 0, 500), (after["status"], after.Json.GetProperty("amount_capturable").GetInt32(), after.Json.GetProperty("amount_received").GetInt32()));
        Assert.Equal([500], (await shop.Refunds(parts)).Select(static refund => refund.GetProperty("amount").GetInt32()));
        using var admin = new MerchantApi(shop.Product.Url, "sk_sandbox_admin");
        foreach (var line in (await admin.Get("/audit/trial-balance")).Ok().Json.GetProperty("data").EnumerateArray())
            Assert.True(line.GetProperty("balanced").GetBoolean());
    }

    [Fact]
    public async Task Of_many_words_at_once_one_acts()
    {
        var paid = await shop.Pay();
        var opened = await shop.Case(paid);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => shop.Act(opened["id"], i % 2 == 0 ? "approve" : "decline", """{"version":1}""", i % 2 == 0 ? shop.Analyst : shop.SecondAnalyst)));
        var acted = Assert.Single(answers, static answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer != acted), other => Assert.Equal((409, acted["changedBy"]), (other.Status, other["actedBy"])));
        Assert.Equal(acted["resolution"] == "refused" ? 1 : 0, (await shop.Refunds(paid)).Length);
    }

    [Fact]
    public async Task What_becomes_of_the_payment_otherwise_ends_its_case()
    {
        var canceled = await shop.Pay(more: "&capture_method=manual");
        (await shop.Merchant.Post($"/v1/payment_intents/{canceled["id"]}/cancel", "")).Ok();
        var refunded = await shop.Pay();
        (await shop.Merchant.Post("/v1/refunds", $"payment_intent={refunded["id"]}")).Ok();
        foreach (var (paid, how) in new[] { (canceled, "canceled"), (refunded, "refunded") })
        {
            var closed = await shop.Case(paid);
            Assert.Equal(("closed", how, JsonValueKind.Null), (closed["status"], closed["resolution"], closed.Json.GetProperty("changedBy").ValueKind));
            Assert.Equal(how, (await shop.Merchant.Get("/v1/reviews/" + paid["review"])).Ok()["closed_reason"]);
            var late = await shop.Act(closed["id"], "approve", """{"version":1}""");
            Assert.Equal((409, "case_closed", "the product"), (late.Status, late["code"], late["actedBy"]));
        }

        // A card that is disputed with its capture: opened and closed in one entry.
        var first = await shop.Pay("pm_card_createDispute", expectReview: false);
        await shop.List("watch", "card", (await shop.Charge(first)).GetProperty("payment_method_details").GetProperty("card").GetProperty("fingerprint").GetString()!);
        var disputed = await shop.Pay("pm_card_createDispute");
        var ended = await shop.Case(disputed);
        Assert.Equal(("closed", "disputed"), (ended["status"], ended["resolution"]));
        Assert.Equal([("fraud.case_opened", 1), ("fraud.case_closed", 2)], await shop.CaseEvents(ended["id"]));
        Assert.Equal(["review.opened", "review.closed"], await shop.EventsOf(disputed["review"]));
    }

    [Fact]
    public async Task Analysts_share_a_case_without_moving_money()
    {
        var paid = await shop.Pay();
        var id = (await shop.Case(paid))["id"];
        (await shop.Act(id, "assign", """{"version":1,"assignee":"ann"}""")).Ok();
        (await shop.Act(id, "note", """{"version":2,"text":"Called the shop."}""")).Ok();
        var late = await shop.Act(id, "note", """{"version":2,"text":"Too late."}""", shop.SecondAnalyst);
        Assert.Equal((409, "case_changed", "analyst"), (late.Status, late["code"], late["actedBy"]));
        var until = DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        (await shop.Act(id, "snooze", $$"""{"version":3,"until":"{{until}}"}""")).Ok();
        var state = (await shop.Act(id, "label", """{"version":4,"label":"valuable_alert"}""")).Ok();
        Assert.Equal(("open", "ann", until, "valuable_alert"), (state["status"], state["assignee"], state["snoozedUntil"], state["label"]));
        Assert.Contains((await shop.Analyst.Get("/fraud/cases?assignee=ann&limit=1000")).Ok().Json.GetProperty("data").EnumerateArray(), each => each.GetProperty("id").GetString() == id);
        Assert.Equal(["fraud.case_opened", "fraud.case_assigned", "fraud.case_changed", "fraud.case_changed", "fraud.case_changed"], (await shop.CaseEvents(id)).Select(static each => each.Type));
        Assert.Equal("succeeded", (await shop.Intent(paid))["status"]);
        (await shop.Act(id, "approve", """{"version":5}""")).Ok();
        Assert.Equal("false_positive", (await shop.Act(id, "label", """{"version":6,"label":"false_positive"}""")).Ok()["label"]);
    }

    [Fact]
    public async Task The_merchant_reads_its_reviews_and_may_close_one()
    {
        var paid = await shop.Pay();
        var open = (await shop.Merchant.Get("/v1/reviews?limit=100")).Ok().Json.GetProperty("data").EnumerateArray().ToList();
        Assert.Contains(open, each => each.GetProperty("id").GetString() == paid["review"]);
        Assert.All(open, static each => Assert.True(each.GetProperty("open").GetBoolean()));
        var expanded = (await shop.Merchant.Get($"/v1/payment_intents/{paid["id"]}?expand[]=review&expand[]=latest_charge.review")).Ok().Json;
        Assert.Equal((paid["id"], "rule"), (expanded.GetProperty("review").GetProperty("payment_intent").GetString(), expanded.GetProperty("latest_charge").GetProperty("review").GetProperty("reason").GetString()));
        using var other = new MerchantApi(shop.Product.Url, "sk_test_sandbox_merchant2");
        Assert.Equal((404, 404), ((await other.Get("/v1/reviews/" + paid["review"])).Status, (await other.Post($"/v1/reviews/{paid["review"]}/approve", "")).Status));
        Assert.Equal("approved", (await shop.Merchant.Post($"/v1/reviews/{paid["review"]}/approve", "")).Ok()["closed_reason"]);
        Assert.Equal(400, (await shop.Merchant.Post($"/v1/reviews/{paid["review"]}/approve", "")).Status);
        Assert.Equal(("released", "merchant_sandbox"), ((await shop.Case(paid))["resolution"], (await shop.Case(paid))["changedBy"]));
        Assert.DoesNotContain((await shop.Merchant.Get("/v1/reviews?limit=100")).Ok().Json.GetProperty("data").EnumerateArray(), each => each.GetProperty("id").GetString() == paid["review"]);
    }
}
