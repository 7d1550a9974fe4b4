using System.Net;
using Grains.Interfaces;
using Grains.Interfaces.Fraud;
using Ledger.Documents;
using Ledger.Shards;

namespace Gateway.Tests.Fraud;

/// <summary>Alerts as analysts see them: raised once, listed, on the stream, and closed by one of them.</summary>
[Collection(GatewayCollection.Name)]
public sealed class AlertTests(SharedServer shared)
{
    [Fact]
    public async Task What_is_found_again_is_the_alert_that_there_is()
    {
        var account = await shared.Account("0");
        var first = await Raise("twice", account);
        var again = await Raise("twice", account, text: "Something else.");
        Assert.Equal((AlertOutcome.Recorded, true, first.Alert!.Id, first.Alert.Text), (again.Outcome, again.Replayed, again.Alert!.Id, again.Alert.Text));
        var events = (await shared.Analyst.Get("/events?limit=1000&subject=" + first.Alert.Id)).Is(HttpStatusCode.OK).Json.GetProperty("data");
        var told = Assert.Single(events.EnumerateArray());
        var data = told.GetProperty("data");
        Assert.Equal(("fraud.alert_raised", first.Alert.Id, "mule_ring", "high", "150.00", "USD"),
            (told.GetProperty("type").GetString(), data.GetProperty("id").GetString(), data.GetProperty("detector").GetString(), data.GetProperty("severity").GetString(), data.GetProperty("amount").GetString(), data.GetProperty("currency").GetString()));
        Assert.Equal((account, account), (data.GetProperty("accounts")[0].GetString(), data.GetProperty("frozen")[0].GetString()));
        var read = (await shared.Analyst.Get("/fraud/alerts/" + first.Alert.Id)).Is(HttpStatusCode.OK);
        Assert.Equal(("open", "1", "mule_ring", "high"), (read["state"], read["version"], read["detector"], read["severity"]));
        Assert.Equal(data.GetProperty("raisedAt").GetString(), read["raisedAt"]);
        Assert.DoesNotContain("about", read.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_narrow_to_a_detector_and_a_state_and_go_on_from_a_cursor()
    {
        var detector = shared.Name("detector");
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Add((await Raise($"list-{i}", "a", detector)).Alert!.Id);
        var listed = (await List($"detector={detector}")).ToList();
        Assert.Equal(ids.Order(), listed.Order());
        // Those of one millisecond stand by their numbers, which are made of what was found.
        ids = listed;
        (await Close(ids[1], """{"version":1,"outcome":"false_positive"}""")).Is(HttpStatusCode.OK);
        Assert.Equal([ids[1]], await List($"detector={detector}&state=closed"));
        Assert.Equal([ids[0], .. ids[2..]], await List($"detector={detector}&state=open"));
        Assert.Contains(ids[0], await List("state=open&limit=1000"));
        Assert.DoesNotContain(ids[1], await List("state=open&limit=1000"));
        var page = (await shared.Analyst.Get($"/fraud/alerts?limit=2&detector={detector}")).Is(HttpStatusCode.OK);
        var next = (await shared.Analyst.Get($"/fraud/alerts?limit=3&detector={detector}&after={page["next"]}")).Is(HttpStatusCode.OK);
        Assert.Equal(ids[2..], next.Json.GetProperty("data").EnumerateArray().Select(static each => each.GetProperty("id").GetString()!));
        Assert.Equal(("True", "False"), (page["hasMore"], next["hasMore"]));
    }

    [Fact]
    public async Task Of_two_analysts_one_closes_it_and_the_other_hears_who()
    {
        var id = (await Raise("two", "a")).Alert!.Id;
        using var second = shared.Server.Api(Keys.SecondAnalyst);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => i % 2 == 0
            ? Close(id, """{"version":1,"outcome":"confirmed_fraud","note":"Mules."}""")
            : Close(id, """{"version":1,"outcome":"false_positive"}""", second)));
        var acted = Assert.Single(answers, static answer => answer.Status == HttpStatusCode.OK);
        foreach (var other in answers.Where(answer => answer != acted))
        {
            other.IsProblem(409, "alert_closed");
            Assert.Equal((acted["closedBy"], acted["outcome"]), (other["actedBy"], other["outcome"]));
        }

        Assert.Equal(("closed", "2"), (acted["state"], acted["version"]));
        var events = (await shared.Analyst.Get("/events?limit=1000&subject=" + id)).Json.GetProperty("data").EnumerateArray().Select(static each => each.GetProperty("type").GetString());
        Assert.Equal(["fraud.alert_raised", "fraud.alert_closed"], events);
    }

    [Fact]
    public async Task The_same_command_again_has_the_same_answer()
    {
        var id = (await Raise("same", "a")).Alert!.Id;
        var key = shared.Name("close");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => shared.Analyst.Post($"/fraud/alerts/{id}/close", """{"version":1,"outcome":"valuable_alert"}""", key)));
        Assert.All(answers, answer => Assert.Equal(answers[0].Text, answer.Is(HttpStatusCode.OK).Text));
        Assert.Equal(3, answers.Count(static answer => answer.IsReplay));
        (await shared.Analyst.Post($"/fraud/alerts/{id}/close", """{"version":1,"outcome":"false_positive"}""", key)).IsProblem(422, "idempotency_key_reused");
    }

    [Fact]
    public async Task What_is_no_alert_or_no_command_is_refused()
    {
        var id = (await Raise("refused", "a")).Alert!.Id;
        var unknown = AlertList.IdOf(AlertList.NumberOf("mule_ring", "nothing", 1, 0));
        (await shared.Analyst.Get("/fraud/alerts/" + unknown)).IsProblem(404, "not_found");
        (await shared.Analyst.Get("/fraud/alerts/nonsense")).IsProblem(404, "not_found");
        (await Close(unknown, """{"version":1,"outcome":"false_positive"}""")).IsProblem(404, "not_found");
        Assert.Equal(["outcome"], (await Close(id, """{"version":1,"outcome":"maybe"}""")).IsProblem(422, "invalid_fields").Fields);
        Assert.Equal(["outcome", "version"], (await Close(id, "{}")).IsProblem(422, "invalid_fields").Fields.Order());
        Assert.Equal(["state"], (await shared.Analyst.Get("/fraud/alerts?state=maybe")).IsProblem(422, "invalid_fields").Fields);
        Assert.Equal(["detector"], (await shared.Analyst.Get("/fraud/alerts?detector=No%20Name")).IsProblem(422, "invalid_fields").Fields);
        foreach (var path in new[] { "/fraud/alerts", "/fraud/alerts/" + id })
            (await shared.Bank.Get(path)).IsProblem(403, "role_not_allowed");
        Assert.Empty((await shared.Bank.Get("/events?limit=1000&subject=" + id)).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task The_stream_tells_it_to_who_listens_for_an_account_that_it_names()
    {
        var account = await shared.Account("0");
        using var reader = new FraudStreamSubscriber(shared.Server.Url, new() { Account = account });
        await reader.Connected;
        var raised = await Raise("stream", account);
        var told = (await reader.Events(1))[0];
        Assert.Equal(("fraud.alert_raised", raised.Alert!.Id), (told.Type, told.Subject));
    }

    private Task<AlertAnswer> Raise(string about, string account, string detector = "mule_ring", string text = "Six payers paid 150.00 USD.")
    {
        var number = AlertList.NumberOf(detector, about, 7, ((LedgerShards)shared.Server.Services.GetService(typeof(LedgerShards))!).ShardOf(Grains.Interfaces.Values.AccountId.Parse(IFraudAlertsGrain.Key)));
        return ((IGrains)shared.Server.Services.GetService(typeof(IGrains))!).Get<IFraudAlertsGrain>(IFraudAlertsGrain.Key).Raise(new RaiseAlert(number, new FraudAlert
        {
            Id = AlertList.IdOf(number),
            Version = 1,
            State = AlertState.Open,
            Detector = detector,
            Severity = AlertSeverity.High,
            Text = text,
            Accounts = [account],
            Payments = [],
            Amount = "150.00",
            Currency = "USD",
            Frozen = [account],
            RaisedAt = default,
            About = about,
            FoundAtMs = 1,
        }));
    }

    private Task<Answer> Close(string id, string body, Api? by = null) => (by ?? shared.Analyst).Post($"/fraud/alerts/{id}/close", body, shared.Name("close"));

    private async Task<IEnumerable<string>> List(string query) =>
        (await shared.Analyst.Get("/fraud/alerts?" + query)).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().Select(static each => each.GetProperty("id").GetString()!);
}
