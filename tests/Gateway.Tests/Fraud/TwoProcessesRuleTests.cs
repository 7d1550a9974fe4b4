using System.Net;
using Gateway.Tests.Transfers;

namespace Gateway.Tests.Fraud;

/// <summary>Two processes on one ledger: what an analyst changes through one of them, the other decides by soon after.</summary>
public sealed class TwoProcessesRuleTests(TwoShards two) : IClassFixture<TwoShards>
{
    private const string Travel = "/fraud/rules/impossible_travel";

    [Fact]
    public async Task Each_follows_what_the_other_changed_and_goes_on_from_there()
    {
        await using var another = await two.StartAnother();
        using var here = two.Server.Api(Keys.Analyst);
        using var there = another.Api(Keys.Analyst);
        using var bank = another.Api();
        Assert.Equal("1", (await there.Get("/fraud/rule-sets/current")).Is(HttpStatusCode.OK)["version"]);
        (await here.Post(Travel + "/versions", """{"parameters":{"points":40}}""")).Is(HttpStatusCode.Created);
        (await here.Post(Travel + "/validate", """{"version":2,"revision":1}""")).Is(HttpStatusCode.OK);
        // The other one's grain has the rule as it was before.
        (await there.Post(Travel + "/publish", """{"version":2,"revision":2}""")).Is(HttpStatusCode.OK);
        Assert.Equal("3", (await here.Get(Travel)).Is(HttpStatusCode.OK)["revision"]);
        (await here.Post(Travel + "/publish", """{"version":2,"revision":2}""")).IsProblem(409, "rule_changed");
        (await there.Post(Travel + "/retire", """{"version":2,"revision":3}""")).Is(HttpStatusCode.OK);
        Assert.Equal("3", (await here.Get("/fraud/rule-sets/current")).Is(HttpStatusCode.OK)["version"]);

        var (payer, creditor) = (await two.Account(0, "100.00"), await two.Account(0));
        (await here.Post("/fraud/lists/block/entries", $$"""{"kind":"account","value":"{{payer}}","reason":"A mule."}""")).Is(HttpStatusCode.Created);
        Answer paid;
        var deadline = TimeProvider.System.GetTimestamp() + (20 * TimeProvider.System.TimestampFrequency);
        do
        {
            paid = (await bank.Post("/payments", SharedServer.Body(payer, creditor, "0.01"), two.Key())).Is(HttpStatusCode.Created);
            Assert.True(TimeProvider.System.GetTimestamp() < deadline, "The other process never saw the entry.");
        }
        while (paid["status"] != "rejected");
        Assert.Equal("3", (await there.Get("/fraud/decisions/" + paid["id"])).Is(HttpStatusCode.OK)["ruleSetVersion"]);
    }
}
