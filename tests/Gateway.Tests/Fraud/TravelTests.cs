using System.Net;
using System.Text.Json;

namespace Gateway.Tests.Fraud;

/// <summary>What takes product time, on a server of its own: journeys, and the end of a held payment's time.</summary>
public sealed class TravelTests : IAsyncLifetime
{
    private readonly string data = Directory.CreateTempSubdirectory("fraud-tests-").FullName;
    private GatewayServer server = null!;

    public async Task InitializeAsync() => server = await GatewayServer.Start(data: data);

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task London_two_hours_after_New_York_is_held_with_places_distance_and_speed_and_six_hours_after_is_not()
    {
        using var bank = server.Api();
        Assert.Equal("settled", (await Pay(bank, "sandbox_0001", "1.00", HeldPaymentTests.NewYork))["status"]);
        Assert.Equal("settled", (await Pay(bank, "sandbox_0002", "1.00", HeldPaymentTests.NewYork))["status"]);
        await Advance(bank, 2 * 3600);
        var held = await Pay(bank, "sandbox_0001", "1.00", HeldPaymentTests.London);
        Assert.Equal("held", held["status"]);
        using var analyst = server.Api(Keys.Analyst);
        var decision = (await analyst.Get("/fraud/decisions/" + held["id"])).Is(HttpStatusCode.OK);
        var reason = decision.Json.GetProperty("reasons")[0];
        Assert.Equal("impossible_travel", reason.GetProperty("rule").GetString());
        var text = reason.GetProperty("text").GetString();
        Assert.Matches(@"^New York → London, 5,570 km in 2 h 00 = 2,78\d km/h, limit 1,000", text);
        await Advance(bank, 4 * 3600);
        Assert.Equal("settled", (await Pay(bank, "sandbox_0002", "1.00", HeldPaymentTests.London))["status"]);
    }

    [Fact]
    public async Task A_payment_that_nobody_looks_at_is_refused_when_its_time_is_over()
    {
        using var bank = server.Api();
        using var analyst = server.Api(Keys.Analyst);
        var held = await Hold(bank, "sandbox_0003", "40.00");
        Assert.Equal("9959.00", await Available(bank, "sandbox_0003"));
        await Advance(bank, (4 * 3600) - 30);
        Assert.Equal("held", await Status(bank, held));
        await Advance(bank, 60);
        var ended = (await bank.Get($"/payments/{held["id"]}?wait=20s")).Is(HttpStatusCode.OK);
        Assert.Equal(("rejected", "AG07"), (ended["status"], ended.Json.GetProperty("reason").GetProperty("code").GetString()));
        Assert.Contains("nobody released it in time", ended.Text, StringComparison.Ordinal);
        Assert.Equal("9999.00", await Available(bank, "sandbox_0003"));
        var closed = (await analyst.Get("/fraud/cases?paymentId=" + held["id"])).Json.GetProperty("data")[0];
        Assert.Equal(("closed", "expired", JsonValueKind.Null), (closed.GetProperty("status").GetString(), closed.GetProperty("resolution").GetString(), closed.GetProperty("changedBy").ValueKind));
        (await analyst.Post($"/fraud/cases/{closed.GetProperty("id").GetString()}/approve", """{"version":2}""")).IsProblem(409, "case_closed");
    }

    [Fact]
    public async Task A_restart_forgets_neither_what_is_held_nor_where_a_payer_was()
    {
        Answer held;
        using (var bank = server.Api())
        {
            held = await Hold(bank, "sandbox_0004", "40.00");
            Assert.Equal("settled", (await Pay(bank, "sandbox_0005", "1.00", HeldPaymentTests.NewYork))["status"]);
        }

        await server.DisposeAsync();
        server = await GatewayServer.Start(data: data);
        using var again = server.Api();
        using var analyst = server.Api(Keys.Analyst);
        Assert.Equal("held", await Status(again, held));
        Assert.Equal("9959.00", await Available(again, "sandbox_0004"));
        Assert.Equal("held", (await Pay(again, "sandbox_0005", "1.00", HeldPaymentTests.London))["status"]);
        var opened = (await analyst.Get("/fraud/cases?paymentId=" + held["id"])).Json.GetProperty("data")[0].GetProperty("id").GetString();
        (await analyst.Post($"/fraud/cases/{opened}/approve", """{"version":1}""")).Is(HttpStatusCode.OK);
        Assert.Equal("settled", await Status(again, held));
        // Its place counts now: from there, New York is too far.
        Assert.Equal("held", (await Pay(again, "sandbox_0004", "1.00", HeldPaymentTests.NewYork))["status"]);
    }

    [Fact]
    public async Task What_an_analyst_did_is_answered_again_after_its_time_is_over()
    {
        using var bank = server.Api();
        using var analyst = server.Api(Keys.Analyst);
        var held = await Hold(bank, "sandbox_0006", "40.00");
        var path = "/fraud/cases/" + (await analyst.Get("/fraud/cases?paymentId=" + held["id"])).Json.GetProperty("data")[0].GetProperty("id").GetString();
        var until = DateTimeOffset.UtcNow.AddHours(100).ToString("O");
        (await analyst.Post(path + "/snooze", $$"""{"version":1,"until":"{{DateTimeOffset.UtcNow.AddDays(60):O}}"}""")).IsProblem(422, "invalid_fields");
        var commands = new[] { ("snooze", $$"""{"version":1,"until":"{{until}}"}"""), ("assign", """{"version":2,"assignee":"ann"}"""), ("note", """{"version":3,"text":"Hm."}"""), ("label", """{"version":4,"label":"valuable_alert"}""") };
        var first = new List<string>();
        foreach (var (action, body) in commands)
            first.Add((await analyst.Post($"{path}/{action}", body, "once-" + action)).Is(HttpStatusCode.OK).Text);
        await Advance(bank, 101 * 3600);
        foreach (var ((action, body), answered) in commands.Zip(first))
        {
            var again = (await analyst.Post($"{path}/{action}", body, "once-" + action)).Is(HttpStatusCode.OK);
            Assert.Equal((answered, true), (again.Text, again.IsReplay));
        }

        Assert.Equal(["until"], (await analyst.Post(path + "/snooze", $$"""{"version":5,"until":"{{until}}"}""")).IsProblem(422, "invalid_fields").Fields);
    }

    private static async Task<Answer> Hold(Api bank, string payer, string amount)
    {
        Assert.Equal("settled", (await Pay(bank, payer, "1.00", HeldPaymentTests.NewYork))["status"]);
        var held = await Pay(bank, payer, amount, HeldPaymentTests.London);
        Assert.Equal("held", held["status"]);
        return held;
    }

    private static async Task<Answer> Pay(Api bank, string payer, string amount, string place) =>
        (await bank.Post("/payments", SharedServer.Body(payer, "sandbox_0900", amount, place))).Is(HttpStatusCode.Created);

    private static async Task Advance(Api bank, int seconds) => (await bank.Post("/sandbox/clock/advance", $$"""{"seconds":{{seconds}}}""")).Is(HttpStatusCode.OK);

    private static async Task<string> Status(Api bank, Answer payment) => (await bank.Get("/payments/" + payment["id"])).Is(HttpStatusCode.OK)["status"];

    private static async Task<string> Available(Api bank, string account) =>
        (await bank.Get("/accounts/" + account)).Is(HttpStatusCode.OK).Json.GetProperty("balance").GetProperty("available").GetString()!;
}
