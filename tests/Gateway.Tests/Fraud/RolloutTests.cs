using System.Net;

namespace Gateway.Tests.Fraud;

/// <summary>A published rule that acts on a share of payers, over HTTP: on whom, that each stays where it was, and that every decision is replayed as it was made.</summary>
public sealed class RolloutTests : IAsyncLifetime
{
    private const string Travel = "/fraud/rules/impossible_travel";
    private const int Payers = 24;

    private readonly SharedServer shared = new();

    public Task InitializeAsync() => shared.InitializeAsync();

    public Task DisposeAsync() => shared.DisposeAsync();

    [Fact]
    public async Task It_acts_on_its_share_and_is_recorded_in_shadow_for_the_others()
    {
        var (payers, creditor) = (new List<string>(), await shared.Account("0", shard: 0));
        for (var i = 0; i < Payers; i++)
            payers.Add(await shared.Account("1000.00", shard: 0));
        Assert.All(await Trips(payers, creditor), static trip => Assert.Equal(("held", "live"), trip));

        var half = (await Post("/rollout", """{"version":1,"rollout":50,"revision":0}""")).Is(HttpStatusCode.OK);
        Assert.Equal(("published", "50", "2"), (half["mode"], half["rollout"], half["ruleSetVersion"]));
        var first = await Trips(payers, creditor);
        Assert.Equal([("held", "live"), ("settled", "shadow")], first.Distinct().Order());
        Assert.Equal(first, await Trips(payers, creditor));

        (await Post("/rollout", """{"version":1,"rollout":80,"revision":1}""")).Is(HttpStatusCode.OK);
        var larger = await Trips(payers, creditor);
        Assert.All(first.Zip(larger), static pair => Assert.True(pair.First.Mode == "shadow" || pair.Second.Mode == "live"));
        Assert.True(larger.Count(static trip => trip.Mode == "live") > first.Count(static trip => trip.Mode == "live"));

        // A version that is published on a share, and goes on to all.
        (await Post("/versions", """{"parameters":{"points":100}}""")).Is(HttpStatusCode.Created);
        (await Post("/validate", """{"version":2,"revision":3}""")).Is(HttpStatusCode.OK);
        Assert.Equal("50", (await Post("/publish", """{"version":2,"rollout":50,"revision":4}""")).Is(HttpStatusCode.OK)["rollout"]);
        Assert.Equal(first.Select(static trip => trip.Mode == "live" ? ("rejected", "live") : ("settled", "shadow")), await Trips(payers, creditor));
        (await Post("/rollout", """{"version":2,"rollout":100,"revision":5}""")).Is(HttpStatusCode.OK);
        Assert.All(await Trips(payers, creditor), static trip => Assert.Equal(("rejected", "live"), trip));
        // As it was before: on its share.
        Assert.Equal(("1", "80"), (await Post("/revert", """{"revision":6}""")).Is(HttpStatusCode.OK) is var back ? (back["version"], back["rollout"]) : default);
        Assert.Equal(larger, await Trips(payers, creditor));
        await shared.ReplaysEqual(atLeast: Payers * 14);

        var events = (await shared.Analyst.Get("/events?limit=1000&subject=impossible_travel")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray()
            .Where(static each => each.GetProperty("type").GetString() == "fraud.rule_published").Select(static each => each.GetProperty("data"));
        Assert.Equal(["rollout 50", "rollout 80", "publish 50", "rollout 100", "revert"], events.Select(static data => data.GetProperty("action").GetString() + (data.TryGetProperty("rollout", out var share) ? $" {share}" : "")));
    }

    [Theory]
    [InlineData("/rollout", """{"version":1,"revision":0}""", "rollout")]
    [InlineData("/rollout", """{"version":1,"rollout":0,"revision":0}""", "rollout")]
    [InlineData("/rollout", """{"version":1,"rollout":101,"revision":0}""", "rollout")]
    [InlineData("/rollout", """{"version":1,"rollout":12.5,"revision":0}""", "rollout")]
    [InlineData("/rollout", """{"version":1,"rollout":100,"revision":0}""", "rollout")]
    [InlineData("/retire", """{"version":1,"rollout":50,"revision":0}""", "rollout")]
    public async Task A_share_that_cannot_be_changes_nothing(string step, string body, string field)
    {
        Assert.Equal([field], (await Post(step, body)).IsProblem(422, "invalid_fields").Fields);
        Assert.Equal("0", (await shared.Analyst.Get(Travel)).Is(HttpStatusCode.OK)["revision"]);
    }

    [Fact]
    public async Task It_takes_two_people_as_publishing_does()
    {
        await using var server = await GatewayServer.Start(settings: ("Payments:Fraud:FourEyes", "true"));
        using var ann = server.Api(Keys.Analyst);
        using var bob = server.Api(Keys.SecondAnalyst);
        var asked = (await ann.Post(Travel + "/rollout", """{"version":1,"rollout":10,"revision":0}""")).Is(HttpStatusCode.OK);
        Assert.Equal(("rollout", "analyst", "10", "100"), (asked["asked"], asked["askedBy"], asked["askedRollout"], asked["rollout"]));
        Assert.Equal("analyst", (await ann.Post(Travel + "/rollout", """{"version":1,"rollout":10,"revision":1}""")).IsProblem(409, "four_eyes")["actedBy"]);
        // Of another share, it is another request.
        Assert.Equal(("20", "100"), (await bob.Post(Travel + "/rollout", """{"version":1,"rollout":20,"revision":1}""")).Is(HttpStatusCode.OK) is var other ? (other["askedRollout"], other["rollout"]) : default);
        Assert.Equal("20", (await ann.Post(Travel + "/rollout", """{"version":1,"rollout":20,"revision":2}""")).Is(HttpStatusCode.OK)["rollout"]);
    }

    private Task<Answer> Post(string path, string body) => shared.Analyst.Post(Travel + path, body, shared.Name("key"));

    // Each from home to London at once: what became of the payment, and in which mode the rule spoke of it. There is a day to go home.
    private async Task<List<(string Status, string Mode)>> Trips(List<string> payers, string creditor)
    {
        (await shared.Bank.Post("/sandbox/clock/advance", """{"seconds":86400}""")).Is(HttpStatusCode.OK);
        var trips = new List<(string, string)>();
        foreach (var payer in payers)
        {
            Assert.Equal(("settled", ""), await PayFrom(payer, creditor, HeldPaymentTests.NewYork));
            trips.Add(await PayFrom(payer, creditor, HeldPaymentTests.London));
        }

        return trips;
    }

    private async Task<(string Status, string Mode)> PayFrom(string payer, string creditor, string place)
    {
        var payment = await shared.Pay(payer, creditor, "1.00", more: place);
        var reasons = (await shared.Analyst.Get("/fraud/decisions/" + payment["id"])).Is(HttpStatusCode.OK).Json.GetProperty("reasons").EnumerateArray();
        var mode = reasons.Where(static reason => reason.GetProperty("rule").GetString() == "impossible_travel").Select(static reason => reason.GetProperty("mode").GetString()!).SingleOrDefault("");
        return (payment["status"], mode);
    }
}
