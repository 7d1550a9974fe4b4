using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using Grains.Fraud.Detectors;
using Ledger;

namespace Gateway.Tests.Fraud;

/// <summary>Detectors at work in the whole product: what they find becomes an alert once, and freezes whom they may freeze.</summary>
public sealed class DetectorTests : IDisposable
{
    private const string Mule = "mule_1";
    private readonly string data = Directory.CreateTempSubdirectory("detector-tests-").FullName;
    private int keys;

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task A_ring_is_an_alert_once_across_restarts_and_freezes_nobody_as_delivered()
    {
        JsonElement alert;
        var counted = new ConcurrentDictionary<long, long>();
        using var listener = Listen(counted);
        await using (var server = await GatewayServer.Start(data: data))
        {
            using var api = server.Api();
            await Ring(api);
            alert = await OnlyAlert(server);
            Assert.Equal(("mule_ring", "high", "open", "1250.00", "USD"), (Text(alert, "detector"), Text(alert, "severity"), Text(alert, "state"), Text(alert, "amount"), Text(alert, "currency")));
            Assert.StartsWith("5 payers credited one account 1,250.00 USD within ", Text(alert, "text"), StringComparison.Ordinal);
            Assert.Equal([Mule, "collector_1"], alert.GetProperty("accounts").EnumerateArray().Take(2).Select(static each => each.GetString()));
            Assert.Empty(alert.GetProperty("frozen").EnumerateArray());
            Assert.Equal(6, alert.GetProperty("payments").GetArrayLength());
            foreach (var payment in alert.GetProperty("payments").EnumerateArray())
                (await api.Get("/payments/" + payment.GetString())).Is(HttpStatusCode.OK);
            Assert.Equal("open", (await api.Get("/accounts/" + Mule)).Is(HttpStatusCode.OK)["status"]);
            Assert.Contains(DetectorRun.ConsumerName, Consumers(server));
            // It is counted once it is durable, which is when it is seen.
            await Until(() => !counted.IsEmpty && counted[0] > 0, "The alert was not counted.");
        }

        // From its place, and from the beginning of the log, as after a crash before it noted any.
        foreach (var (mule, isRewound) in new[] { ("mule_2", true), ("mule_3", false) })
        {
            await using var server = await GatewayServer.Start(data: data);
            using var api = server.Api();
            // More of the same is no second alert.
            await Pay(api, "payer_0", Mule, "10.00");
            await Pay(api, Mule, "collector_1", "10.00");
            await Ring(api, mule);
            var all = await Alerts(server, count: mule == "mule_2" ? 2 : 3);
            Assert.Equal(all.Count, all.Select(static each => each.GetProperty("accounts")[0].GetString()).Distinct().Count());
            Assert.Equal(alert.GetRawText(), all.Single(each => Text(each, "id") == Text(alert, "id")).GetRawText());
            await server.StopListening();
            if (isRewound)
                ((IRegistry)server.Services.GetService(typeof(IRegistry))!).WriteSetting("fraud-detectors.position", "0");
        }
    }

    [Fact]
    public async Task A_detector_that_may_freeze_freezes_whom_it_suspects_through_their_own_grain()
    {
        await using var server = await GatewayServer.Start(data: data, settings: [("Payments:Fraud:Detectors:mule_ring:Freeze", "true"), ("Payments:Fraud:Detectors:mule_ring:min_payers", "3")]);
        using var api = server.Api();
        await Ring(api, payers: 3, each: "400.00");
        var alert = await OnlyAlert(server);
        Assert.Equal([Mule], alert.GetProperty("frozen").EnumerateArray().Select(static each => each.GetString()));
        Assert.Equal("frozen", (await api.Get("/accounts/" + Mule)).Is(HttpStatusCode.OK)["status"]);
        Assert.Equal("rejected", (await Pay(api, Mule, "collector_1", "1.00"))["status"]);
        var frozen = Assert.Single((await api.Get("/events?limit=1000&type=account.frozen&subject=" + Mule)).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray());
        // The bank reads the reason, and learns no more than that there is one.
        Assert.Equal($"Frozen for review: {Text(alert, "id")}.", frozen.GetProperty("data").GetProperty("reason").GetString());
        Assert.Equal("open", (await api.Get("/accounts/collector_1")).Is(HttpStatusCode.OK)["status"]);
    }

    [Fact]
    public async Task One_device_with_many_accounts_is_found_though_nothing_was_paid()
    {
        await using var server = await GatewayServer.Start(data: data);
        using var api = server.Api();
        await Open(api, "taker", "0");
        for (var i = 0; i < 5; i++)
        {
            await Open(api, $"poor_{i}", "0");
            Assert.Equal("rejected", (await Pay(api, $"poor_{i}", "taker", "25.00", ""","deviceId":"dev-77","ipAddress":"192.0.2.9" """))["status"]);
        }

        var alert = await OnlyAlert(server);
        Assert.Equal(("shared_device", "125.00"), (Text(alert, "detector"), Text(alert, "amount")));
        Assert.DoesNotContain("dev-77", alert.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(5, alert.GetProperty("accounts").GetArrayLength());
    }

    [Fact]
    public async Task Switched_off_they_find_nothing()
    {
        await using (var server = await GatewayServer.Start(data: data, settings: [("Payments:Fraud:Detectors:IsEnabled", "false")]))
        {
            using var api = server.Api();
            await Ring(api);
            using var analyst = server.Api(Keys.Analyst);
            Assert.Empty((await analyst.Get("/fraud/alerts")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray());
            Assert.DoesNotContain(DetectorRun.ConsumerName, Consumers(server));
        }
    }

    [Theory]
    [InlineData("nonsense:Freeze", "true")]
    [InlineData("mule_ring:min_payers", "1")]
    [InlineData("mule_ring:min_payers", "many")]
    public async Task A_setting_that_there_is_not_stops_the_start(string name, string value) => await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
        () => GatewayServer.Start(data: data, settings: [("Payments:Fraud:Detectors:" + name, value)]));

    private static IEnumerable<string> Consumers(GatewayServer server) => ((EventConsumers)server.Services.GetService(typeof(EventConsumers))!).FurthestBehind().Select(static each => each.Name);

    // Of every server in this process: a metric's text has the newest one's alone.
    private static MeterListener Listen(ConcurrentDictionary<long, long> counted)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, on) =>
            {
                if (instrument.Name == "fraud_alerts_raised_total")
                    on.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tags[0].Value is "mule_ring")
                counted.AddOrUpdate(0, value, (_, sum) => sum + value);
        });
        listener.Start();
        return listener;
    }

    private async Task Ring(Api api, string mule = Mule, int payers = 5, string each = "250.00")
    {
        await Open(api, mule, "0");
        await Open(api, "collector_1", "0");
        for (var i = 0; i < payers; i++)
        {
            await Open(api, $"payer_{i}", "5000.00");
            await Pay(api, $"payer_{i}", mule, each);
        }

        await Pay(api, mule, "collector_1", "1100.00");
    }

    private async Task Open(Api api, string id, string funds)
    {
        var opened = await api.Post("/accounts", $$"""{"id":"{{id}}","currency":"USD"}""");
        if (opened.Status == HttpStatusCode.Conflict)
            return;
        opened.Is(HttpStatusCode.Created);
        if (funds != "0")
            (await api.Post($"/sandbox/accounts/{id}/fund", $$"""{"amount":"{{funds}}"}""")).Is(HttpStatusCode.OK);
    }

    private async Task<Answer> Pay(Api api, string debtor, string creditor, string amount, string more = "") =>
        (await api.Post("/payments", SharedServer.Body(debtor, creditor, amount, more), $"detector-{keys++}")).Is(HttpStatusCode.Created);

    private static async Task<JsonElement> OnlyAlert(GatewayServer server) => Assert.Single(await Alerts(server, 1));

    private static async Task<IReadOnlyList<JsonElement>> Alerts(GatewayServer server, int count)
    {
        using var analyst = server.Api(Keys.Analyst);
        var deadline = TimeProvider.System.GetTimestamp() + (30 * TimeProvider.System.TimestampFrequency);
        while (true)
        {
            var found = (await analyst.Get("/fraud/alerts?limit=1000")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().ToList();
            if (found.Count >= count)
                return found;
            Assert.True(TimeProvider.System.GetTimestamp() < deadline, $"{found.Count} of {count} alerts within 30 s.");
            await Task.Delay(20);
        }
    }

    private static async Task Until(Func<bool> holds, string otherwise)
    {
        var deadline = TimeProvider.System.GetTimestamp() + (30 * TimeProvider.System.TimestampFrequency);
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetTimestamp() < deadline, otherwise);
            await Task.Delay(20);
        }
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
