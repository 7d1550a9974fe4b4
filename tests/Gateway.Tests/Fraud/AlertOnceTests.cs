using System.Net;
using Gateway.Tests.Transfers;
using Grains.Fraud.Detectors;
using Grains.Interfaces;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Ledger.Shards;

namespace Gateway.Tests.Fraud;

/// <summary>Several processes on one ledger see a pattern, each by other events of it, and any of them may end in between: it is one alert, and a freeze names it.</summary>
public sealed class AlertOnceTests(TwoShards two) : IClassFixture<TwoShards>
{
    private const long Day = 86_400_000;
    private int patterns;

    [Fact]
    public async Task Two_processes_that_see_one_pattern_raise_one_alert()
    {
        await using var another = await two.StartAnother();
        var (first, second) = (await two.Account(0, "10.00"), await two.Account(1, "10.00"));
        var about = About();
        var (one, both) = (await Finding(about, [first]), await Finding(about, [first, second]));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Raising(i % 2 == 0 ? two.Server : another).Raise(Detector(), i % 2 == 0 ? one : both, Day + i)));
        var id = Assert.Single(answers.Select(static answer => answer.Alert!.Id).Distinct());
        Assert.Single(answers, static answer => !answer.Replayed);
        Assert.Equal(1, await Count("fraud.alert_raised", id));
        // Whoever froze more than the one that raised it noted it.
        var alert = await Alert(id);
        Assert.Equal(new[] { first, second }.Order(), alert.Json.GetProperty("frozen").EnumerateArray().Select(static each => each.GetString()!).Order());
        foreach (var account in new[] { first, second })
            Assert.Equal([$"Frozen for review: {id}."], await Freezes(account));
    }

    [Fact]
    public async Task A_ring_over_two_shards_that_both_processes_look_at_is_one_alert()
    {
        await using var another = await two.StartAnother();
        using var elsewhere = another.Api();
        var (mule, collector) = (await two.Account(0), await two.Account(1));
        for (var payer = 0; payer < 6; payer++)
            await Pay(payer % 2 == 0 ? two.Bank : elsewhere, await two.Account(payer % 2, "500.00"), mule, "250.00");
        await Pay(two.Bank, mule, collector, "700.00");
        await Pay(elsewhere, mule, collector, "600.00");
        using var analyst = two.Server.Api(Keys.Analyst);
        string[] naming = [];
        await Until(async () =>
        {
            naming = [.. (await analyst.Get("/fraud/alerts?limit=1000&detector=mule_ring")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray()
                .Where(each => each.GetProperty("accounts")[0].GetString() == mule).Select(static each => each.GetProperty("id").GetString()!)];
            return naming.Length > 0 && IsDone(two.Server) && IsDone(another);
        });
        Assert.Equal(1, await Count("fraud.alert_raised", Assert.Single(naming)));
    }

    [Fact]
    public async Task Who_ends_between_freeze_and_alert_leaves_what_another_one_completes()
    {
        await using var another = await two.StartAnother();
        var account = await two.Account(1, "10.00");
        var finding = await Finding(About(), [account]);
        await Assert.ThrowsAsync<KilledException>(() => Raising(two.Server, new DiesBeforeAlert(Grains(two.Server))).Raise(Detector(), finding, Day));
        Assert.Equal("frozen", (await two.Bank.Get("/accounts/" + account)).Is(HttpStatusCode.OK)["status"]);
        // The other one finds it by another event.
        var raised = await Raising(another).Raise(Detector(), finding, Day + 60_000);
        Assert.False(raised.Replayed);
        Assert.Equal([account], raised.Alert!.Frozen);
        Assert.Equal([$"Frozen for review: {raised.Alert.Id}."], await Freezes(account));
        Assert.True((await Raising(two.Server).Raise(Detector(), finding, Day)).Replayed);
        Assert.Equal(1, await Count("fraud.alert_raised", raised.Alert.Id));
    }

    [Fact]
    public async Task Who_joins_within_a_day_is_frozen_too_until_somebody_closed_the_alert()
    {
        var (accounts, about) = (new[] { await two.Account(0), await two.Account(1), await two.Account(0) }, About());
        var raising = Raising(two.Server);
        var id = (await raising.Raise(Detector(), await Finding(about, accounts[..1]), Day)).Alert!.Id;
        var joined = await raising.Raise(Detector(), await Finding(about, accounts[..2]), Day + 1_000);
        Assert.Equal((id, 2, true), (joined.Alert!.Id, joined.Alert.Version, joined.Replayed));
        Assert.Equal(accounts[..2], joined.Alert.Frozen);
        Assert.Equal([$"Frozen for review: {id}."], await Freezes(accounts[1]));
        Assert.Equal(1, await Count("fraud.alert_extended", id));
        using var analyst = two.Server.Api(Keys.Analyst);
        (await analyst.Post($"/fraud/alerts/{id}/close", """{"version":1,"outcome":"false_positive"}""", two.Key())).IsProblem(409, "alert_closed");
        (await analyst.Post($"/fraud/alerts/{id}/close", """{"version":2,"outcome":"false_positive"}""", two.Key())).Is(HttpStatusCode.OK);
        Assert.Equal((id, 3), (await raising.Raise(Detector(), await Finding(about, accounts), Day + 2_000) is var closed ? closed.Alert!.Id : "", closed.Alert!.Version));
        Assert.Empty(await Freezes(accounts[2]));
        // A day later it is another one.
        var next = await raising.Raise(Detector(), await Finding(about, accounts), Day + Day + 1);
        Assert.False(next.Replayed);
        Assert.NotEqual(id, next.Alert!.Id);
        Assert.Equal([$"Frozen for review: {next.Alert.Id}."], await Freezes(accounts[2]));
    }

    [Fact]
    public async Task An_alert_of_a_release_before_is_in_no_list_of_its_pattern_and_lasts_for_its_day_too()
    {
        var (account, about) = (await two.Account(0, "10.00"), About());
        var finding = await Finding(about, [account]);
        var (shard, name) = (two.Shards.ShardOf(AccountId.Parse(IFraudAlertsGrain.Key)), Detector().Name);
        // Its number was made of a row of the log; whom it froze, somebody unfroze.
        var number = AlertList.NumberOf(name, about, 4_711, shard);
        var old = new FraudAlert
        {
            Id = AlertList.IdOf(number),
            Version = 1,
            State = AlertState.Open,
            Detector = name,
            Severity = AlertSeverity.High,
            Text = "A ring.",
            Accounts = [account],
            Payments = [],
            Amount = "1.00",
            Currency = "USD",
            Frozen = [account],
            RaisedAt = DateTimeOffset.UnixEpoch,
            About = about,
            FoundAtMs = Day,
        };
        await Grains(two.Server).Get<IFraudAlertsGrain>(IFraudAlertsGrain.Key).Raise(new RaiseAlert(number, old));
        two.Execute(shard, $"delete from document_link where link = '{AlertList.PatternLink(name, about)}'");
        var again = await Raising(two.Server).Raise(Detector(), finding, Day + 1_000);
        Assert.Equal((old.Id, true), (again.Alert!.Id, again.Replayed));
        Assert.Empty(await Freezes(account));
        // What another pattern is about is another alert.
        Assert.False((await Raising(two.Server).Raise(Detector(), await Finding(About(), [account]), Day + 1_000)).Replayed);
    }

    private static bool IsDone(GatewayServer server)
    {
        var place = ((EventConsumers)server.Services.GetService(typeof(EventConsumers))!).FurthestBehind().Single(static each => each.Name == DetectorRun.ConsumerName).Position;
        return place?.Behind(((LedgerShards)server.Services.GetService(typeof(LedgerShards))!).End) == 0;
    }

    private async Task Pay(Api api, string debtor, string creditor, string amount)
    {
        var paid = (await api.Post("/payments", SharedServer.Body(debtor, creditor, amount), two.Key())).Is(HttpStatusCode.Created);
        await Until(async () => (await two.Bank.Get("/payments/" + paid["id"])).Is(HttpStatusCode.OK)["status"] == "settled");
    }

    private static async Task Until(Func<Task<bool>> reached)
    {
        var deadline = TimeProvider.System.GetTimestamp() + (30 * TimeProvider.System.TimestampFrequency);
        while (!await reached())
        {
            Assert.True(TimeProvider.System.GetTimestamp() < deadline, "Not within 30 s.");
            await Task.Delay(50);
        }
    }

    private string About() => $"account:once-{Interlocked.Increment(ref patterns)}-{Environment.TickCount64}";

    private static ActiveDetector Detector() => new DetectorOptions().Active().Single(static each => each.Name == MuleRingDetector.Kind.Name) with { Freezes = true };

    private async Task<DetectorFinding> Finding(string about, IReadOnlyList<string> accounts)
    {
        var numbers = new List<long>();
        foreach (var account in accounts)
            numbers.Add((await two.Shards.Directory.Find(AccountId.Parse(account)))!.Number);
        return new DetectorFinding(about, AlertSeverity.High, "A ring.", numbers, numbers, [], 100, Currency.Usd);
    }

    private static IGrains Grains(GatewayServer server) => (IGrains)server.Services.GetService(typeof(IGrains))!;

    private static AlertRaising Raising(GatewayServer server, IGrains? grains = null) =>
        new(grains ?? Grains(server), (LedgerShards)server.Services.GetService(typeof(LedgerShards))!, (DocumentReader)server.Services.GetService(typeof(DocumentReader))!);

    private async Task<Answer> Alert(string id)
    {
        using var analyst = two.Server.Api(Keys.Analyst);
        return (await analyst.Get("/fraud/alerts/" + id)).Is(HttpStatusCode.OK);
    }

    private async Task<int> Count(string type, string subject)
    {
        using var analyst = two.Server.Api(Keys.Analyst);
        return (await analyst.Get($"/events?limit=100&type={type}&subject={subject}")).Is(HttpStatusCode.OK).Json.GetProperty("data").GetArrayLength();
    }

    private async Task<string[]> Freezes(string account) =>
        [.. (await two.Bank.Get("/events?limit=100&type=account.frozen&subject=" + account)).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().Select(static each => each.GetProperty("data").GetProperty("reason").GetString()!)];

    /// <summary>The process ends as it would raise the alert: nothing of that happens any more.</summary>
    private sealed class DiesBeforeAlert(IGrains grains) : IGrains
    {
        public TGrain Get<TGrain>(string key)
            where TGrain : class => typeof(TGrain) == typeof(IFraudAlertsGrain) ? throw new KilledException() : grains.Get<TGrain>(key);
    }

    private sealed class KilledException : Exception;
}
