using System.Net;
using System.Text.Json;

namespace Gateway.Tests.Fraud;

/// <summary>Backtests over HTTP: who may, what is refused, and what comes of one.</summary>
[Collection(GatewayCollection.Name)]
public sealed class BacktestTests(SharedServer shared)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_held_payment_and_its_label_stand_in_the_result()
    {
        var (payer, creditor) = (await shared.Account("900000.00", shard: 0), await shared.Account("0", shard: 0));
        Assert.Equal("settled", (await shared.Pay(payer, creditor, "1.00", more: HeldPaymentTests.NewYork))["status"]);
        var held = await shared.Pay(payer, creditor, "800000.00", more: HeldPaymentTests.London);
        Assert.Equal("held", held["status"]);
        var cases = (await shared.Analyst.Get("/fraud/cases?paymentId=" + held["id"])).Is(HttpStatusCode.OK);
        (await shared.Analyst.Post($"/fraud/cases/{cases.Json.GetProperty("data")[0].GetProperty("id").GetString()}/decline", """{"version":1,"label":"confirmed_fraud"}""", shared.Name("act"))).Is(HttpStatusCode.OK);

        // By these rules nobody travels too far.
        var report = await Done(await Start("""{"rules":{"rules":[{"name":"impossible_travel","parameters":{"min_distance_km":20100}}]}}"""));
        Assert.False(report.GetProperty("isUnchanged").GetBoolean());
        var sample = report.GetProperty("samples").EnumerateArray().Single(each => each.GetProperty("paymentId").GetString() == held["id"]);
        Assert.Equal(("800000.00", payer, "confirmed_fraud"), (sample.GetProperty("amount").GetString(), sample.GetProperty("debtorAccount").GetString(), sample.GetProperty("label").GetString()));
        Assert.Equal(("review", "approve"), (sample.GetProperty("before").GetProperty("outcome").GetString(), sample.GetProperty("after").GetProperty("outcome").GetString()));
        Assert.InRange(int.Parse(report.GetProperty("before").GetProperty("payments").GetProperty("fraudStopped").GetString()!), 1, int.MaxValue);
        Assert.Equal("0", report.GetProperty("after").GetProperty("payments").GetProperty("fraudStopped").GetString());

        var unchanged = await Done(await Start("{}"));
        Assert.True(unchanged.GetProperty("isUnchanged").GetBoolean());
        Assert.Equal(unchanged.GetProperty("decisions").GetInt64(), unchanged.GetProperty("equal").GetInt64());
        Assert.False(unchanged.GetProperty("isFinding").GetBoolean());
    }

    [Fact]
    public async Task Its_stream_says_how_it_stands_until_it_is_done()
    {
        var (payer, creditor) = (await shared.Account("900000.00", shard: 0), await shared.Account("0", shard: 0));
        await shared.Pay(payer, creditor, "1.00", more: HeldPaymentTests.NewYork);
        Assert.Equal("held", (await shared.Pay(payer, creditor, "2.00", more: HeldPaymentTests.London))["status"]);
        var id = await Start("""{"newest":1000,"rules":{"rules":[{"name":"impossible_travel"}]}}""");
        var stream = (await shared.Analyst.Get($"/fraud/backtests/{id}/stream")).Is(HttpStatusCode.OK);
        var states = stream.Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(static frame => JsonDocument.Parse(frame["data: ".Length..]).RootElement).ToList();
        Assert.All(states, state => Assert.Equal(id, state.GetProperty("id").GetString()));
        Assert.All(states.SkipLast(1), static state => Assert.Equal("running", state.GetProperty("status").GetString()));
        var report = states[^1].GetProperty("report");
        Assert.Equal(("done", 1_000, true), (states[^1].GetProperty("status").GetString(), report.GetProperty("newest").GetInt64(), report.GetProperty("isUnchanged").GetBoolean()));
        var overlap = Assert.Single(report.GetProperty("overlaps").EnumerateArray());
        Assert.Equal(("impossible_travel", true), (overlap.GetProperty("rule").GetString(), overlap.GetProperty("counts").GetBoolean()));
        Assert.InRange(overlap.GetProperty("stopped").GetProperty("payments").GetInt64(), 1, long.MaxValue);
        Assert.NotEmpty(overlap.GetProperty("alone").GetProperty("amounts").EnumerateArray());
        (await shared.Analyst.Get("/fraud/backtests/backtest_0/stream")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task A_range_without_payments_has_none()
    {
        var report = await Done(await Start("""{"from":"2020-01-01T00:00:00Z","to":"2020-02-01T00:00:00Z"}"""));
        Assert.Equal((0, "2020-01-01T00:00:00.000Z"), (report.GetProperty("payments").GetInt64(), report.GetProperty("from").GetString()));
    }

    [Theory]
    [InlineData("""{"from":"yesterday"}""", "from")]
    [InlineData("""{"from":"2026-01-01T00:00:00Z","to":"2026-01-01T00:00:00Z"}""", "to")]
    [InlineData("""{"newest":0}""", "newest")]
    [InlineData("""{"rule":{}}""", "rule")]
    [InlineData("""{"rules":[]}""", "rules")]
    [InlineData("""{"rules":{"reviewAt":95}}""", "rules.reviewAt")]
    [InlineData("""{"rules":{"rules":[{"name":"no_such_rule"}]}}""", "rules.rules[0].name")]
    public async Task Bad_input_names_the_field(string body, string field) =>
        Assert.Equal([field], (await shared.Analyst.Post("/fraud/backtests", body)).IsProblem(422, "invalid_fields").Fields);

    [Fact]
    public async Task Only_analysts_replay_and_only_what_is_there_is_found()
    {
        (await shared.Bank.Post("/fraud/backtests", "{}")).IsProblem(403, "role_not_allowed");
        (await shared.Analyst.Get("/fraud/backtests/backtest_0")).IsProblem(404, "not_found");
        (await shared.Analyst.Send(HttpMethod.Delete, "/fraud/backtests/backtest_0")).IsProblem(404, "not_found");
        var ended = await Start("""{"from":"2020-01-01T00:00:00Z","to":"2020-02-01T00:00:00Z"}""");
        await Done(ended);
        (await shared.Analyst.Send(HttpMethod.Delete, "/fraud/backtests/" + ended)).Is(HttpStatusCode.OK);
        (await shared.Analyst.Get("/fraud/backtests/" + ended)).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task Two_run_at_once_and_one_that_is_canceled_makes_room()
    {
        await NothingRuns();
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => shared.Analyst.Post("/fraud/backtests", "{}")));
        var refused = answers.Where(static answer => answer.Status != HttpStatusCode.Accepted).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, static answer => Assert.NotEmpty(answer.IsProblem(429, "backtests_running").Headers["Retry-After"]));
        foreach (var started in answers.Except(refused))
            (await shared.Analyst.Send(HttpMethod.Delete, "/fraud/backtests/" + started["id"])).Is(HttpStatusCode.OK);
        await NothingRuns();
    }

    // What a test before this one canceled may take a moment to end.
    private async Task NothingRuns() => await Done(await Start("""{"from":"2020-01-01T00:00:00Z","to":"2020-02-01T00:00:00Z"}"""));

    private async Task<string> Start(string body)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await shared.Analyst.Post("/fraud/backtests", body);
            if (answer.Status == HttpStatusCode.Accepted)
            {
                Assert.Equal("/fraud/backtests/" + answer["id"], answer.Headers["Location"]);
                return answer["id"];
            }

            answer.IsProblem(429, "backtests_running");
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "No backtest ends.");
            await Task.Delay(20);
        }
    }

    private async Task<JsonElement> Done(string id)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var state = (await shared.Analyst.Get("/fraud/backtests/" + id)).Is(HttpStatusCode.OK);
            if (state["status"] == "done")
                return state.Json.GetProperty("report");
            Assert.Equal("running", state["status"]);
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"Not done: {state.Text}");
            await Task.Delay(20);
        }
    }
}
