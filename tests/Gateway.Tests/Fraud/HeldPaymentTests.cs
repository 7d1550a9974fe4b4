using System.Net;
using System.Text.Json;

namespace Gateway.Tests.Fraud;

/// <summary>A payment that an analyst is to look at: what its submitter sees, what its account has, and each way that it ends.</summary>
[Collection(GatewayCollection.Name)]
public sealed class HeldPaymentTests(SharedServer shared)
{
    public const string NewYork = ""","location":{"latitude":40.7128,"longitude":-74.0060,"name":"New York"}""";
    public const string London = ""","location":{"latitude":51.5074,"longitude":-0.1278,"name":"London"}""";

    [Fact]
    public async Task Money_is_held_and_settles_once_when_it_is_released()
    {
        var (payer, creditor, held) = await Hold("150.00");
        Assert.Equal(("held", "PDNG"), (held["status"], held["isoStatus"]));
        Assert.Equal(JsonValueKind.Null, held.Json.GetProperty("reason").ValueKind);
        Assert.Equal(("990.00", "150.00", "840.00"), await Balance(payer));
        Assert.Equal("10.00", await shared.Balance(creditor));
        // What is held is not there to be paid with.
        Assert.Equal("rejected", (await shared.Pay(payer, creditor, "840.01"))["status"]);

        var held2 = await Case(held);
        Assert.Equal(("open", "150.00", payer, 1), (held2["status"], held2["amount"], held2["debtorAccount"], held2.Json.GetProperty("version").GetInt32()));
        Assert.Equal("impossible_travel", held2.Json.GetProperty("rules")[0].GetString());
        var closed = (await Act(held2["id"], "approve", """{"version":1}""")).Is(HttpStatusCode.OK);
        Assert.Equal(("closed", "released", 2), (closed["status"], closed["resolution"], closed.Json.GetProperty("version").GetInt32()));

        var settled = await Payment(held);
        Assert.Equal(("settled", "ACSC"), (settled["status"], settled["isoStatus"]));
        Assert.NotNull(settled["settledAt"]);
        Assert.Equal(("840.00", "0.00", "840.00"), await Balance(payer));
        Assert.Equal("160.00", await shared.Balance(creditor));
        (await Act(held2["id"], "approve", """{"version":2}""")).IsProblem(409, "case_closed");
        Assert.Equal("160.00", await shared.Balance(creditor));
        Assert.Equal(["payment.held", "payment.released", "payment.settled"], await Events(held["id"]));
    }

    [Fact]
    public async Task Money_is_free_again_when_it_is_refused_and_no_rule_is_named()
    {
        var (payer, creditor, held) = await Hold("150.00");
        var opened = await Case(held);
        (await Act(opened["id"], "decline", """{"version":1,"label":"confirmed_fraud"}""")).Is(HttpStatusCode.OK);
        var rejected = await Payment(held);
        Assert.Equal(("rejected", "AG07", "never"), (rejected["status"], rejected.Json.GetProperty("reason").GetProperty("code").GetString(), rejected.Json.GetProperty("reason").GetProperty("retry").GetString()));
        Assert.DoesNotContain("travel", rejected.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(("990.00", "0.00", "990.00"), await Balance(payer));
        Assert.Equal("10.00", await shared.Balance(creditor));
        Assert.Equal(["payment.held", "payment.rejected"], await Events(held["id"]));
        var after = (await shared.Analyst.Get("/fraud/cases/" + opened["id"])).Is(HttpStatusCode.OK);
        Assert.Equal(("closed", "refused", "confirmed_fraud"), (after["status"], after["resolution"], after["label"]));
        // What was refused is no place where the payer was.
        Assert.Equal("settled", (await shared.Pay(payer, creditor, "1.00", more: NewYork))["status"]);
    }

    [Fact]
    public async Task Only_analysts_see_why_and_only_of_what_was_judged()
    {
        var (payer, creditor, held) = await Hold("20.00");
        var decision = (await shared.Analyst.Get("/fraud/decisions/" + held["id"])).Is(HttpStatusCode.OK);
        Assert.Equal(("review", 60), (decision["outcome"], decision.Json.GetProperty("score").GetInt32()));
        var reason = decision.Json.GetProperty("reasons").EnumerateArray().Single(static each => each.GetProperty("mode").GetString() == "live");
        Assert.Equal(("impossible_travel", 60), (reason.GetProperty("rule").GetString(), reason.GetProperty("points").GetInt32()));
        Assert.InRange(decision.Json.GetProperty("durationMicroseconds").GetInt32(), 0, 10_000_000);
        Assert.Contains("New York → London", reason.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(2000, decision.Json.GetProperty("features").GetProperty("amount").GetInt64());
        foreach (var path in new[] { "/fraud/decisions/" + held["id"], "/fraud/cases", "/fraud/cases/" + (await Case(held))["id"] })
            (await shared.Bank.Get(path)).IsProblem(403, "role_not_allowed");
        var poor = await shared.Pay(creditor, payer, "999.00");
        Assert.Equal("rejected", poor["status"]);
        (await shared.Analyst.Get("/fraud/decisions/" + poor["id"])).IsProblem(404, "not_found");
        var events = (await shared.Bank.Get("/events?limit=1000&subject=" + (await Case(held))["id"])).Is(HttpStatusCode.OK);
        Assert.Empty(events.Json.GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task Of_two_analysts_one_acts_and_the_other_hears_who()
    {
        var (payer, creditor, held) = await Hold("150.00");
        var opened = await Case(held);
        using var second = shared.Server.Api(Keys.SecondAnalyst);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? Act(opened["id"], "approve", """{"version":1}""") : Act(opened["id"], "decline", """{"version":1}""", second)));
        var acted = Assert.Single(answers, static answer => answer.Status == HttpStatusCode.OK);
        foreach (var other in answers.Where(answer => answer != acted))
        {
            other.IsProblem(409, "case_closed");
            Assert.Equal(acted["changedBy"], other["actedBy"]);
        }

        var (status, got) = ((await Payment(held))["status"], await shared.Balance(creditor));
        Assert.Equal(acted["resolution"] == "released" ? ("settled", "160.00") : ("rejected", "10.00"), (status, got));
        Assert.Equal("0.00", (await Balance(payer)).Pending);
    }

    [Fact]
    public async Task The_same_command_again_has_the_same_answer()
    {
        var (_, creditor, held) = await Hold("150.00");
        var opened = await Case(held);
        var key = shared.Name("act");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shared.Analyst.Post($"/fraud/cases/{opened["id"]}/approve", """{"version":1}""", key)));
        Assert.All(answers, answer => Assert.Equal(answers[0].Text, answer.Is(HttpStatusCode.OK).Text));
        Assert.Equal(7, answers.Count(static answer => answer.IsReplay));
        Assert.Equal("160.00", await shared.Balance(creditor));
        (await shared.Analyst.Post($"/fraud/cases/{opened["id"]}/decline", """{"version":1}""", key)).IsProblem(422, "idempotency_key_reused");
    }

    [Fact]
    public async Task Analysts_share_a_case_without_moving_money()
    {
        var (payer, _, held) = await Hold("150.00");
        var opened = await Case(held);
        var id = opened["id"];
        (await Act(id, "assign", """{"version":1,"assignee":"ann"}""")).Is(HttpStatusCode.OK);
        (await Act(id, "note", """{"version":2,"text":"Called the payer."}""")).Is(HttpStatusCode.OK);
        (await Act(id, "note", """{"version":2,"text":"Too late."}""")).IsProblem(409, "case_changed");
        // By the product's time, which another test may have advanced.
        var until = opened.Json.GetProperty("openedAt").GetDateTimeOffset().UtcDateTime.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        (await Act(id, "snooze", $$"""{"version":3,"until":"{{until}}"}""")).Is(HttpStatusCode.OK);
        var state = (await Act(id, "label", """{"version":4,"label":"valuable_alert"}""")).Is(HttpStatusCode.OK);
        Assert.Equal(("open", "ann", until, "valuable_alert"), (state["status"], state["assignee"], state["snoozedUntil"], state["label"]));
        Assert.Equal("Called the payer.", state.Json.GetProperty("notes")[0].GetProperty("text").GetString());
        Assert.Equal(("990.00", "150.00", "840.00"), await Balance(payer));
        Assert.Contains((await shared.Analyst.Get("/fraud/cases?assignee=ann&limit=1000")).Json.GetProperty("data").EnumerateArray(), each => each.GetProperty("id").GetString() == id);
        Assert.Equal(JsonValueKind.Null, (await Act(id, "assign", """{"version":5}""")).Is(HttpStatusCode.OK).Json.GetProperty("assignee").ValueKind);
        (await Act(id, "approve", """{"version":6}""")).Is(HttpStatusCode.OK);
        // What it turned out to be is learned later.
        Assert.Equal("false_positive", (await Act(id, "label", """{"version":7,"label":"false_positive"}""")).Is(HttpStatusCode.OK)["label"]);
        (await Act(id, "assign", """{"version":8,"assignee":"bob"}""")).IsProblem(409, "case_closed");
    }

    [Theory]
    [InlineData("approve", """{}""", "version")]
    [InlineData("approve", """{"version":0}""", "version")]
    [InlineData("approve", """{"version":1,"label":"maybe"}""", "label")]
    [InlineData("approve", """{"version":1,"note":"x"}""", "note")]
    [InlineData("snooze", """{"version":1}""", "until")]
    [InlineData("snooze", """{"version":1,"until":"2020-01-01T00:00:00Z"}""", "until")]
    [InlineData("assign", """{"version":1,"assignee":5}""", "assignee")]
    [InlineData("note", """{"version":1,"text":""}""", "text")]
    [InlineData("label", """{"version":1}""", "label")]
    public async Task Bad_input_names_the_field_and_changes_nothing(string action, string body, string field)
    {
        var (_, _, held) = await Hold("1.00");
        var id = (await Case(held))["id"];
        Assert.Equal([field], (await Act(id, action, body)).IsProblem(422, "invalid_fields").Fields);
        Assert.Equal(1, (await shared.Analyst.Get("/fraud/cases/" + id)).Json.GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task The_queue_has_the_most_money_at_risk_first()
    {
        var (_, _, small) = await Hold("2.00");
        var (_, _, large) = await Hold("500.00");
        var amounts = (await shared.Analyst.Get("/fraud/cases?status=open&order=amount&limit=1000")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray()
            .Select(static each => (Id: each.GetProperty("paymentId").GetString(), Amount: decimal.Parse(each.GetProperty("amount").GetString()!, System.Globalization.CultureInfo.InvariantCulture))).ToList();
        Assert.Equal(amounts.OrderByDescending(static each => each.Amount).Select(static each => each.Amount), amounts.Select(static each => each.Amount));
        Assert.True(amounts.FindIndex(each => each.Id == large["id"]) < amounts.FindIndex(each => each.Id == small["id"]));
        (await shared.Analyst.Get("/fraud/cases?order=amount")).IsProblem(422, "invalid_fields");
        Assert.Equal("held", (await shared.Bank.Get("/payments?status=held&limit=1")).Json.GetProperty("data")[0].GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_released_payment_can_be_returned()
    {
        var (payer, creditor, held) = await Hold("150.00");
        (await shared.Bank.Post($"/payments/{held["id"]}/return", """{"reason":"CUST"}""")).IsProblem(422, "payment_not_returnable");
        (await Act((await Case(held))["id"], "approve", """{"version":1}""")).Is(HttpStatusCode.OK);
        (await shared.Bank.Post($"/payments/{held["id"]}/return", """{"reason":"CUST"}""")).Is(HttpStatusCode.Created);
        Assert.Equal(("990.00", "10.00"), (await shared.Balance(payer), await shared.Balance(creditor)));
        Assert.Equal("150.00", (await Payment(held))["amountReturned"]);
    }

    [Fact]
    public async Task A_frozen_payer_pays_nothing_that_was_held()
    {
        var (payer, creditor, held) = await Hold("150.00");
        var id = (await Case(held))["id"];
        (await shared.Bank.Post($"/accounts/{payer}/freeze")).Is(HttpStatusCode.OK);
        (await Act(id, "approve", """{"version":1}""")).IsProblem(409, "case_account_frozen");
        Assert.Equal("10.00", await shared.Balance(creditor));
        (await shared.Bank.Post($"/accounts/{payer}/close")).IsProblem(409, "account_not_empty");
        (await Act(id, "decline", """{"version":1}""")).Is(HttpStatusCode.OK);
        Assert.Equal("990.00", await shared.Balance(payer));
    }

    private async Task<(string Payer, string Creditor, Answer Held)> Hold(string amount)
    {
        var (payer, creditor) = (await shared.Account("1000.00", shard: 0), await shared.Account("0", shard: 0));
        Assert.Equal("settled", (await shared.Pay(payer, creditor, "10.00", more: NewYork))["status"]);
        return (payer, creditor, await shared.Pay(payer, creditor, amount, more: London));
    }

    private async Task<Answer> Case(Answer payment)
    {
        var found = (await shared.Analyst.Get("/fraud/cases?paymentId=" + payment["id"])).Is(HttpStatusCode.OK).Json.GetProperty("data");
        return (await shared.Analyst.Get("/fraud/cases/" + Assert.Single(found.EnumerateArray()).GetProperty("id").GetString())).Is(HttpStatusCode.OK);
    }

    private Task<Answer> Act(string id, string action, string body, Api? by = null) => (by ?? shared.Analyst).Post($"/fraud/cases/{id}/{action}", body, shared.Name("act"));

    private async Task<Answer> Payment(Answer held) => (await shared.Bank.Get("/payments/" + held["id"])).Is(HttpStatusCode.OK);

    private async Task<(string Posted, string Pending, string Available)> Balance(string account)
    {
        var balance = (await shared.Bank.Get("/accounts/" + account)).Is(HttpStatusCode.OK).Json.GetProperty("balance");
        return (balance.GetProperty("posted").GetString()!, balance.GetProperty("pendingDebits").GetString()!, balance.GetProperty("available").GetString()!);
    }

    private async Task<string[]> Events(string payment) =>
        [.. (await shared.Bank.Get("/events?limit=1000&subject=" + payment)).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().Select(static each => each.GetProperty("type").GetString()!)];
}
