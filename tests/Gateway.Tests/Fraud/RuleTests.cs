using System.Net;
using System.Text.Json;
using Grains.Checkout;
using Grains.Fraud;
using Ledger.Documents;
using Ledger.EventLog;
using Ledger.Sealing;
using Silo.Embedded;

namespace Gateway.Tests.Fraud;

/// <summary>Analysts change rules while payments are judged: each step over HTTP, what it does to the next payment, and what stays after a restart.</summary>
public sealed class RuleTests : IAsyncLifetime
{
    private const string Travel = "/fraud/rules/impossible_travel";

    private readonly SharedServer shared = new();

    public Task InitializeAsync() => shared.InitializeAsync();

    public Task DisposeAsync() => shared.DisposeAsync();

    [Fact]
    public async Task A_published_parameter_acts_on_the_next_payment_and_only_then()
    {
        Assert.Equal(("held", "60", "1"), await Trip());
        var draft = (await Post("/versions", """{"parameters":{"points":40},"note":"Too many are held."}""")).Is(HttpStatusCode.Created);
        Assert.Equal((Travel + "/versions/2", "draft", "2", "analyst"), (draft.Headers["Location"], draft["mode"], draft["version"], draft["draftedBy"]));
        Assert.Equal(("held", "60", "1"), await Trip());
        (await Post("/validate", """{"version":2,"revision":1}""")).Is(HttpStatusCode.OK);
        Assert.Equal(("held", "60", "1"), await Trip());
        var published = (await Post("/publish", """{"version":2,"revision":2}""")).Is(HttpStatusCode.OK);
        Assert.Equal(("published", "3", "2"), (published["mode"], published["revision"], published["ruleSetVersion"]));
        Assert.Equal(("settled", "40", "2"), await Trip());

        // Back, and forth again.
        (await Post("/revert", """{"revision":3}""")).Is(HttpStatusCode.OK);
        Assert.Equal(("held", "60", "3"), await Trip());
        (await Post("/retire", """{"version":1,"revision":4}""")).Is(HttpStatusCode.OK);
        Assert.Equal(("settled", "0", "4"), await Trip());
        await shared.ReplaysEqual(atLeast: 10);

        // What was in force then is there to be read, whole.
        foreach (var (set, points, version) in new[] { (1, 60, 1), (2, 40, 2), (3, 60, 1) })
        {
            var rule = (await shared.Analyst.Get("/fraud/rule-sets/" + set)).Is(HttpStatusCode.OK).Json.GetProperty("rules").EnumerateArray().Single(static each => each.GetProperty("rule").GetString() == "impossible_travel");
            Assert.Equal((points, version, "published"), (rule.GetProperty("parameters").GetProperty("points").GetInt32(), rule.GetProperty("version").GetInt32(), rule.GetProperty("mode").GetString()));
        }

        var current = (await shared.Analyst.Get("/fraud/rule-sets/current")).Is(HttpStatusCode.OK);
        Assert.Equal("4", current["version"]);
        Assert.DoesNotContain("impossible_travel", current.Text, StringComparison.Ordinal);
        (await shared.Analyst.Get("/fraud/rule-sets/5")).IsProblem(404, "not_found");
        Assert.Equal(["fraud.rule_drafted", "fraud.rule_validated", "fraud.rule_published", "fraud.rule_published", "fraud.rule_retired"], await Events(shared.Analyst));
        Assert.Empty(await Events(shared.Bank));
    }

    [Fact]
    public async Task What_is_in_shadow_is_recorded_and_never_acts()
    {
        (await Post("/versions", """{"parameters":{"points":100}}""")).Is(HttpStatusCode.Created);
        (await Post("/validate", """{"version":2,"revision":1}""")).Is(HttpStatusCode.OK);
        (await Post("/shadow", """{"version":2,"revision":2}""")).Is(HttpStatusCode.OK);
        var payment = await Pay();
        Assert.Equal("held", payment["status"]);
        var decision = (await shared.Analyst.Get("/fraud/decisions/" + payment["id"])).Is(HttpStatusCode.OK);
        Assert.Equal(("review", "60"), (decision["outcome"], decision["score"]));
        Assert.Equal([("live", 1, 60), ("shadow", 2, 100)], decision.Json.GetProperty("reasons").EnumerateArray().Where(static reason => reason.GetProperty("rule").GetString() == "impossible_travel")
            .Select(static reason => (reason.GetProperty("mode").GetString()!, reason.GetProperty("version").GetInt32(), reason.GetProperty("points").GetInt32())));
        var rule = (await shared.Analyst.Get(Travel)).Is(HttpStatusCode.OK).Json;
        Assert.Equal((1, 2), (rule.GetProperty("published").GetProperty("version").GetInt32(), rule.GetProperty("shadow").GetProperty("version").GetInt32()));
        // Once it is published, the same payment is refused.
        (await Post("/publish", """{"version":2,"revision":3}""")).Is(HttpStatusCode.OK);
        Assert.Equal("rejected", (await Pay())["status"]);
    }

    [Fact]
    public async Task A_rule_speaks_only_where_its_conditions_hold()
    {
        (await Post("/versions", """{"conditions":[{"feature":"amount","op":">=","value":10000},{"feature":"count1_hour","op":"<","value":50}]}""")).Is(HttpStatusCode.Created);
        (await Post("/validate", """{"version":2,"revision":1}""")).Is(HttpStatusCode.OK);
        (await Post("/publish", """{"version":2,"revision":2}""")).Is(HttpStatusCode.OK);
        Assert.Equal("settled", (await Pay("99.99"))["status"]);
        Assert.Equal("held", (await Pay("100.00"))["status"]);
    }

    [Fact]
    public async Task The_score_from_which_payments_are_held_is_changed_as_a_rule_is()
    {
        const string Thresholds = "/fraud/rules/score_thresholds";
        Assert.Equal("held", (await Pay())["status"]);
        (await shared.Analyst.Post(Thresholds + "/versions", """{"parameters":{"review_at":61}}""")).Is(HttpStatusCode.Created);
        (await shared.Analyst.Post(Thresholds + "/validate", """{"version":2,"revision":1}""")).Is(HttpStatusCode.OK);
        (await shared.Analyst.Post(Thresholds + "/publish", """{"version":2,"revision":2}""")).Is(HttpStatusCode.OK);
        Assert.Equal(("settled", "60", "2"), await Trip());
        Assert.Equal("61", (await shared.Analyst.Get("/fraud/rule-sets/2")).Is(HttpStatusCode.OK)["reviewAt"]);
    }

    [Theory]
    [InlineData("""{"parameters":{"points":101}}""", "parameters.points")]
    [InlineData("""{"parameters":{"points":"40"}}""", "parameters.points")]
    [InlineData("""{"parameters":{"points":1.5}}""", "parameters.points")]
    [InlineData("""{"parameters":{"speed":1}}""", "parameters.speed")]
    [InlineData("""{"parameters":{"points":1,"points":2}}""", "parameters.points")]
    [InlineData("""{"parameters":[1]}""", "parameters")]
    [InlineData("""{"parameters":{"\ud800":1}}""", "parameters")]
    [InlineData("""{"conditions":{}}""", "conditions")]
    [InlineData("""{"conditions":[1]}""", "conditions[0]")]
    [InlineData("""{"conditions":[{"feature":"amount","op":">","value":1},{"feature":"colour","op":">","value":1}]}""", "conditions[1].feature")]
    [InlineData("""{"conditions":[{"feature":"amount","op":"!","value":1}]}""", "conditions[0].op")]
    [InlineData("""{"conditions":[{"feature":"amount","op":">","value":1.5}]}""", "conditions[0].value")]
    [InlineData("""{"conditions":[{"feature":"amount","op":">"}]}""", "conditions[0].value")]
    [InlineData("""{"conditions":[{"feature":"amount","op":">","value":1,"or":1}]}""", "conditions[0].or")]
    [InlineData("""{"note":""}""", "note")]
    [InlineData("""{"mode":"published"}""", "mode")]
    public async Task A_draft_that_is_wrong_names_the_field_and_is_not_written(string body, string field)
    {
        Assert.Equal([field], (await Post("/versions", body)).IsProblem(422, "invalid_fields").Fields);
        Assert.Equal("1", (await shared.Analyst.Get(Travel)).Is(HttpStatusCode.OK)["versions"]);
    }

    [Fact]
    public async Task Steps_that_are_wrong_say_what_is()
    {
        Assert.Equal(["version", "revision"], (await Post("/publish", "{}")).IsProblem(422, "invalid_fields").Fields);
        (await Post("/publish", """{"version":2,"revision":0}""")).IsProblem(404, "not_found");
        (await shared.Analyst.Post("/fraud/rules/none/versions", "{}")).IsProblem(404, "not_found");
        (await shared.Analyst.Post($"/fraud/rules/{new string('x', 3_000)}/versions", "{}")).IsProblem(404, "not_found");
        (await shared.Analyst.Get("/fraud/rules/none/versions")).IsProblem(404, "not_found");
        (await Post("/versions", """{"conditions":[{"feature":"amount","op":">","value":5},{"feature":"amount","op":"<","value":5}]}""")).Is(HttpStatusCode.Created);
        Assert.Equal(["conditions[1]"], (await Post("/validate", """{"version":2,"revision":1}""")).IsProblem(422, "invalid_fields").Fields);
        Assert.Contains("draft", (await Post("/publish", """{"version":2,"revision":1}""")).IsProblem(409, "rule_not_in_place")["detail"], StringComparison.Ordinal);
        foreach (var path in new[] { "/fraud/rules", Travel, Travel + "/versions", Travel + "/versions/1", "/fraud/rule-sets/1" })
        {
            (await shared.Analyst.Get(path)).Is(HttpStatusCode.OK);
            (await shared.Bank.Get(path)).IsProblem(403, "role_not_allowed");
        }

        (await shared.Bank.Post(Travel + "/versions", "{}")).IsProblem(403, "role_not_allowed");
    }

    [Fact]
    public async Task Of_two_analysts_one_publishes_and_the_other_hears_who()
    {
        using var second = shared.Server.Api(Keys.SecondAnalyst);
        for (var version = 2; version <= 5; version++)
        {
            (await Post("/versions", $$$"""{"parameters":{"points":{{{version}}}}}""")).Is(HttpStatusCode.Created);
            (await Post("/validate", $$"""{"version":{{version}},"revision":{{(2 * version) - 3}}}""")).Is(HttpStatusCode.OK);
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Post("/publish", $$"""{"version":{{2 + (i % 4)}},"revision":8}""", i % 2 == 0 ? shared.Analyst : second)));
        var published = Assert.Single(answers, static answer => answer.Status == HttpStatusCode.OK);
        foreach (var other in answers.Where(answer => answer != published))
            Assert.Equal(published["changedBy"], other.IsProblem(409, "rule_changed")["actedBy"]);
        var rule = (await shared.Analyst.Get(Travel)).Is(HttpStatusCode.OK);
        Assert.Equal((published["version"], "9"), (rule.Json.GetProperty("published").GetProperty("version").ToString(), rule["revision"]));
        Assert.Equal("2", (await shared.Analyst.Get("/fraud/rule-sets/current"))["version"]);
    }

    [Fact]
    public async Task The_same_request_again_has_the_same_answer_and_happens_once()
    {
        var key = shared.Name("key");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shared.Analyst.Post(Travel + "/versions", """{"parameters":{"points":40,"max_speed_kmh":900}}""", key)));
        Assert.All(answers, answer => Assert.Equal(answers[0].Text, answer.Is(HttpStatusCode.Created).Text));
        Assert.Equal(7, answers.Count(static answer => answer.IsReplay));
        Assert.Equal("2", (await shared.Analyst.Get(Travel))["versions"]);
        var reordered = (await shared.Analyst.Post(Travel + "/versions", """{"parameters":{"max_speed_kmh":900,"points":40}}""", key)).Is(HttpStatusCode.Created);
        Assert.True(reordered.IsReplay);
        (await shared.Analyst.Post(Travel + "/versions", """{"parameters":{"points":41}}""", key)).IsProblem(422, "idempotency_key_reused");
        // Also after the version went on: the first answer, as it was.
        (await Post("/validate", """{"version":2,"revision":1}""")).Is(HttpStatusCode.OK);
        Assert.Equal(answers[0].Text, (await shared.Analyst.Post(Travel + "/versions", """{"parameters":{"points":40,"max_speed_kmh":900}}""", key)).Is(HttpStatusCode.Created).Text);
    }

    [Fact]
    public async Task What_acts_takes_two_people_where_it_is_so_configured()
    {
        await using var server = await GatewayServer.Start(settings: ("Payments:Fraud:FourEyes", "true"));
        using var ann = server.Api(Keys.Analyst);
        using var bob = server.Api(Keys.SecondAnalyst);
        (await ann.Post(Travel + "/versions", """{"parameters":{"points":40}}""")).Is(HttpStatusCode.Created);
        (await ann.Post(Travel + "/validate", """{"version":2,"revision":1}""")).Is(HttpStatusCode.OK);
        Assert.Equal("analyst", (await ann.Post(Travel + "/publish", """{"version":2,"revision":2}""")).IsProblem(409, "four_eyes")["actedBy"]);
        Assert.Equal("validated", (await ann.Get(Travel + "/versions/2"))["mode"]);
        Assert.Equal("published", (await bob.Post(Travel + "/publish", """{"version":2,"revision":2}""")).Is(HttpStatusCode.OK)["mode"]);
        (await ann.Post(Travel + "/retire", """{"version":2,"revision":3}""")).IsProblem(409, "four_eyes");
        var asked = (await bob.Post(Travel + "/revert", """{"revision":3}""")).Is(HttpStatusCode.OK);
        Assert.Equal(("1", "retired", "revert", "analyst2"), (asked["version"], asked["mode"], asked["asked"], asked["askedBy"]));
        (await bob.Post(Travel + "/revert", """{"revision":4}""")).IsProblem(409, "four_eyes");
        var back = (await ann.Post(Travel + "/revert", """{"revision":4}""")).Is(HttpStatusCode.OK);
        Assert.Equal(("1", "published"), (back["version"], back["mode"]));
    }

    [Fact]
    public async Task A_list_takes_two_people_where_it_is_so_configured_but_a_block_acts_at_once()
    {
        await using var server = await GatewayServer.Start(settings: ("Payments:Fraud:FourEyes", "true"));
        using var ann = server.Api(Keys.Analyst);
        using var bob = server.Api(Keys.SecondAnalyst);
        using var bank = server.Api();
        const string Watch = "/fraud/lists/watch/entries";
        const string Block = "/fraud/lists/block/entries";
        var watched = (await ann.Post(Watch, """{"kind":"account","value":"sandbox_0001","reason":"Looks odd."}""")).Is(HttpStatusCode.Created);
        Assert.Equal(("add", "analyst", JsonValueKind.Null), (watched["asked"], watched["askedBy"], watched.Json.GetProperty("approveBy").ValueKind));
        Assert.Equal("analyst", (await ann.Post($"{Watch}/{watched["id"]}/approve")).IsProblem(409, "four_eyes")["actedBy"]);
        var approved = (await bob.Post($"{Watch}/{watched["id"]}/approve", null, "approve-1")).Is(HttpStatusCode.OK);
        Assert.Equal(("analyst", "analyst2", JsonValueKind.Null), (approved["addedBy"], approved["approvedBy"], approved.Json.GetProperty("asked").ValueKind));
        var again = (await bob.Post($"{Watch}/{watched["id"]}/approve", null, "approve-1")).Is(HttpStatusCode.OK);
        Assert.Equal((approved.Text, true), (again.Text, again.IsReplay));
        (await bob.Post($"{Watch}/{watched["id"]}/reject")).IsProblem(409, "list_entry_not_asked");

        var blocked = (await ann.Post(Block, """{"kind":"account","value":"sandbox_0007","reason":"A mule."}""")).Is(HttpStatusCode.Created);
        Assert.NotNull(blocked["approveBy"]);
        Assert.Equal("rejected", (await bank.Post("/payments", SharedServer.Body("sandbox_0007", "sandbox_0008", "1.00"))).Is(HttpStatusCode.Created)["status"]);
        (await bank.Post("/sandbox/clock/advance", """{"seconds":86400}""")).Is(HttpStatusCode.OK);
        Assert.Equal("settled", (await bank.Post("/payments", SharedServer.Body("sandbox_0007", "sandbox_0008", "1.00"))).Is(HttpStatusCode.Created)["status"]);
        (await bob.Post($"{Block}/{blocked["id"]}/approve")).IsProblem(409, "list_entry_not_asked");

        Assert.Equal("remove", (await bob.Send(HttpMethod.Delete, $"{Watch}/{watched["id"]}")).Is(HttpStatusCode.OK)["asked"]);
        (await bob.Send(HttpMethod.Delete, $"{Watch}/{watched["id"]}")).IsProblem(409, "four_eyes");
        Assert.Equal("analyst", (await ann.Send(HttpMethod.Delete, $"{Watch}/{watched["id"]}")).Is(HttpStatusCode.OK)["removedBy"]);
        using var admin = server.Api(Keys.Administrator);
        Assert.Equal(
            ["proposed analyst", "approved analyst2", "added analyst", "removal_asked analyst2", "removed analyst"],
            (await admin.Get("/events?type=fraud.list_changed&limit=100")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray()
                .Select(static each => each.GetProperty("data")).Select(static data => $"{data.GetProperty("action").GetString()} {data.GetProperty("by").GetString()}"));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void It_takes_two_people_outside_the_sandbox_unless_said_otherwise(bool sandbox, bool fourEyes)
    {
        var nothing = new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build();
        Assert.Equal(fourEyes, nothing.RiskOptions(sandbox).FourEyes);
        Assert.True(new RiskOptions().FourEyes);
    }

    [Fact]
    public async Task A_restart_keeps_everything_and_the_audit_finds_nothing()
    {
        var data = Directory.CreateTempSubdirectory("rule-tests-").FullName;
        try
        {
            string rules, versions, entries;
            await using (var server = await GatewayServer.Start(data: data))
            {
                using var analyst = server.Api(Keys.Analyst);
                (await analyst.Post(Travel + "/versions", """{"parameters":{"points":100},"conditions":[{"feature":"amount","op":">","value":0}]}""")).Is(HttpStatusCode.Created);
                (await analyst.Post(Travel + "/validate", """{"version":2,"revision":1}""")).Is(HttpStatusCode.OK);
                (await analyst.Post(Travel + "/publish", """{"version":2,"revision":2}""")).Is(HttpStatusCode.OK);
                (await analyst.Post("/fraud/lists/block/entries", """{"kind":"account","value":"sandbox_0007","reason":"A mule."}""")).Is(HttpStatusCode.Created);
                var off = (await analyst.Post("/fraud/lists/watch/entries", """{"kind":"device","value":"d-1","reason":"A mistake."}""")).Is(HttpStatusCode.Created);
                (await analyst.Send(HttpMethod.Delete, "/fraud/lists/watch/entries/" + off["id"])).Is(HttpStatusCode.OK);
                (rules, versions, entries) = await All(analyst);
            }

            await using (var server = await GatewayServer.Start(data: data))
            {
                using var analyst = server.Api(Keys.Analyst);
                using var bank = server.Api();
                // Before anybody asked for rules: they were read as the process started.
                Assert.Equal("AG07", (await bank.Post("/payments", SharedServer.Body("sandbox_0007", "sandbox_0008", "1.00"))).Is(HttpStatusCode.Created).Json.GetProperty("reason").GetProperty("code").GetString());
                (await bank.Post("/payments", SharedServer.Body("sandbox_0001", "sandbox_0008", "1.00", HeldPaymentTests.NewYork))).Is(HttpStatusCode.Created);
                Assert.Equal("rejected", (await bank.Post("/payments", SharedServer.Body("sandbox_0001", "sandbox_0008", "1.00", HeldPaymentTests.London))).Is(HttpStatusCode.Created)["status"]);
                Assert.Equal((rules, versions, entries), await All(analyst));
                Assert.Equal("2", (await analyst.Post(Travel + "/retire", """{"version":2,"revision":3}""")).Is(HttpStatusCode.OK)["version"]);
            }

            if (TestLedger.IsPostgres)
                return;
            var file = Silo.Embedded.Commands.DataDirectory.LedgerFile(data);
            var report = AuditVerifier.Verify(file, null, CancellationToken.None);
            Assert.True(report.IsSound, string.Join('\n', report.Findings));
            using var log = DocumentLog.OfFile(file);
            using var key = MasterKey.Load(data, mayCreate: false);
            var (documents, findings) = DocumentAudit.Verify(log, key, null, CancellationToken.None);
            Assert.True(documents >= 7);
            Assert.Empty(findings);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<(string Rules, string Versions, string Entries)> All(Api analyst) =>
        ((await analyst.Get("/fraud/rules")).Text, (await analyst.Get(Travel + "/versions")).Text, (await analyst.Get("/fraud/lists/block/entries")).Text + (await analyst.Get("/fraud/lists/watch/entries")).Text);

    private Task<Answer> Post(string path, string body, Api? by = null) => (by ?? shared.Analyst).Post(Travel + path, body, shared.Name("key"));

    private async Task<Answer> Pay(string amount = "20.00")
    {
        var (payer, creditor) = (await shared.Account("1000.00", shard: 0), await shared.Account("0", shard: 0));
        Assert.Equal("settled", (await shared.Pay(payer, creditor, "10.00", more: HeldPaymentTests.NewYork))["status"]);
        return await shared.Pay(payer, creditor, amount, more: HeldPaymentTests.London);
    }

    private async Task<(string Status, string Score, string RuleSet)> Trip()
    {
        var payment = await Pay();
        var decision = (await shared.Analyst.Get("/fraud/decisions/" + payment["id"])).Is(HttpStatusCode.OK);
        return (payment["status"], decision["score"], decision["ruleSetVersion"]);
    }

    private static async Task<string[]> Events(Api api) => [.. (await api.Get("/events?limit=1000&subject=impossible_travel")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().Select(static each => each.GetProperty("type").GetString()!)];
}
