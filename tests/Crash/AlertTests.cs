using System.Net;
using System.Text.Json;
using Ledger.EventLog;

namespace Crash;

/// <summary>
/// SIGKILL while rings of mules pay, are found and frozen: every ring is an alert once, whichever side of which commit the kill fell
/// on, and its mule is frozen once.
/// </summary>
public sealed class AlertTests(Xunit.Abstractions.ITestOutputHelper log)
{
    private const int Rounds = 6;
    private const int RingsOfRound = 8;
    private const int Payers = 5;
    private const int FirstMule = 100;

    [Fact]
    public async Task Killed_while_detectors_work_every_ring_is_found_once()
    {
        var seed = Environment.TickCount;
        log.WriteLine($"Seed {seed}.");
        var random = new Random(seed);
        using var data = new DataDirectory();
        for (var round = 0; round < Rounds; round++)
        {
            await using var product = await Start(data);
            using var bank = new BankClient(product.Address);
            var first = round * RingsOfRound;
            foreach (var ring in Enumerable.Range(first, RingsOfRound))
                await Ring(bank, ring);
            await Task.Delay(random.Next(120));
            await product.Kill();
        }

        await using var last = await Start(data);
        using var analyst = new BankClient(last.Address, apiKey: "sk_sandbox_analyst");
        var alerts = await Alerts(analyst, Rounds * RingsOfRound);
        var mules = alerts.ConvertAll(static alert => alert.GetProperty("accounts")[0].GetString()!);
        Assert.Equal(Enumerable.Range(0, Rounds * RingsOfRound).Select(Mule).Order(), mules.Order());
        foreach (var alert in alerts)
        {
            var mule = alert.GetProperty("accounts")[0].GetString();
            Assert.Equal([mule], alert.GetProperty("frozen").EnumerateArray().Select(static each => each.GetString()));
            Assert.Single((await analyst.Read($"events?limit=100&type=account.frozen&subject={mule}")).GetProperty("data").EnumerateArray());
            Assert.Single((await analyst.Read($"events?limit=100&type=fraud.alert_raised&subject={alert.GetProperty("id").GetString()}")).GetProperty("data").EnumerateArray());
        }

        await last.Kill();
        var audit = AuditVerifier.Verify(data.Ledger, progress: null, CancellationToken.None);
        Assert.True(audit.IsSound, string.Join('\n', audit.Findings));

    }

    private static string Mule(int ring) => $"sandbox_{FirstMule + ring:0000}";

    private static Task<PaymentsProcess> Start(DataDirectory data) =>
        PaymentsProcess.Start(new ProductOptions { Data = data.Path, Environment = { ["Payments__Fraud__Detectors__mule_ring__Freeze"] = "true" } });

    private static async Task Ring(BankClient bank, int ring)
    {
        for (var payer = 0; payer < Payers; payer++)
            await Pay(bank, $"sandbox_{(ring * Payers) + payer + 300:0000}", Mule(ring), "250.00", $"in-{ring}-{payer}");
        await Pay(bank, Mule(ring), $"sandbox_{700 + ring:0000}", "1100.00", $"out-{ring}");
    }

    private static async Task Pay(BankClient bank, string debtor, string creditor, string amount, string key)
    {
        var body = $$"""{"amount":"{{amount}}","currency":"USD","debtorAccount":"{{debtor}}","creditorAccount":"{{creditor}}"}""";
        Assert.Equal(HttpStatusCode.Created, (await bank.Post("payments", body, key)).Status);
    }

    private static async Task<List<JsonElement>> Alerts(BankClient analyst, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var found = (await analyst.Read("fraud/alerts?limit=1000")).GetProperty("data").EnumerateArray().ToList();
            if (found.Count >= count)
                return found;
            Assert.False(patience.IsCancellationRequested, $"{found.Count} of {count} alerts within a minute.");
            await Task.Delay(50);
        }
    }
}
