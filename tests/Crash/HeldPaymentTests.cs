using System.Globalization;
using System.Net;
using Ledger.EventLog;

namespace Crash;

/// <summary>
/// SIGKILL between an analyst's click and its commit: sent again with the same key, the command has one effect, whichever side of the
/// commit the kill fell on; and what nobody clicked is held still.
/// </summary>
public sealed class HeldPaymentTests(Xunit.Abstractions.ITestOutputHelper log)
{
    private const int Rounds = 8;
    private const int Held = 24;

    [Fact]
    public async Task Killed_between_click_and_commit_a_case_is_decided_once()
    {
        var seed = Environment.TickCount;
        log.WriteLine($"Seed {seed}.");
        var random = new Random(seed);
        using var data = new DataDirectory();
        var (released, refused, answered) = (0, 0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var payer = $"sandbox_{round + 1:0000}";
            List<Click> clicks;
            await using (var product = await PaymentsProcess.Start(data))
            {
                using var bank = new BankClient(product.Address);
                using var analyst = new BankClient(product.Address, apiKey: "sk_sandbox_analyst");
                clicks = await Hold(bank, analyst, payer, round);
                var sent = clicks.Take(Held / 2).Select(click => Try(analyst, click)).ToArray();
                await Task.Delay(random.Next(12));
                await product.Kill();
                answered += (await Task.WhenAll(sent)).Count(static one => one);
            }

            await using var again = await PaymentsProcess.Start(data);
            using var bankAgain = new BankClient(again.Address);
            using var analystAgain = new BankClient(again.Address, apiKey: "sk_sandbox_analyst");
            long paid = 100;
            foreach (var click in clicks.Take(Held / 2))
            {
                // The same command as often as one likes, and then another analyst's.
                for (var i = 0; i < 2; i++)
                    Assert.Equal(HttpStatusCode.OK, (await analystAgain.Post(click.Path, click.Body, click.Key)).Status);
                Assert.Equal(HttpStatusCode.Conflict, (await analystAgain.Post(click.Path, click.Body, click.Key + "-other")).Status);
                var status = (await bankAgain.Read("payments/" + click.Payment)).GetProperty("status").GetString();
                Assert.Equal(click.IsRelease ? "settled" : "rejected", status);
                (released, refused) = (released + (click.IsRelease ? 1 : 0), refused + (click.IsRelease ? 0 : 1));
                paid += click.IsRelease ? 100 : 0;
            }

            foreach (var click in clicks.Skip(Held / 2))
                Assert.Equal("held", (await bankAgain.Read("payments/" + click.Payment)).GetProperty("status").GetString());
            var balance = (await bankAgain.Read("accounts/" + payer)).GetProperty("balance");
            Assert.Equal((1_000_000 - paid, Held / 2 * 100), (Cents.Of(balance, "posted"), Cents.Of(balance, "pendingDebits")));
        }

        log.WriteLine($"{released} released, {refused} refused; {answered} were answered before the kill.");
        var audit = AuditVerifier.Verify(data.Ledger, progress: null, CancellationToken.None);
        Assert.True(audit.IsSound, string.Join('\n', audit.Findings));
    }

    // A payer in New York, then many times in London.
    private static async Task<List<Click>> Hold(BankClient bank, BankClient analyst, string payer, int round)
    {
        var first = await bank.Post("payments", Body(payer, 40.7128m, -74.0060m), string.Create(CultureInfo.InvariantCulture, $"ny-{round}"));
        Assert.Equal("settled", first.Json.GetProperty("status").GetString());
        var clicks = new List<Click>();
        for (var i = 0; i < Held; i++)
        {
            var held = await bank.Post("payments", Body(payer, 51.5074m + i, -0.1278m), string.Create(CultureInfo.InvariantCulture, $"ldn-{round}-{i}"));
            Assert.Equal("held", held.Json.GetProperty("status").GetString());
            var payment = held.Json.GetProperty("id").GetString()!;
            var opened = (await analyst.Read("fraud/cases?paymentId=" + payment)).GetProperty("data")[0].GetProperty("id").GetString();
            var isRelease = i % 3 != 0;
            clicks.Add(new Click(payment, $"fraud/cases/{opened}/{(isRelease ? "approve" : "decline")}", """{"version":1}""", string.Create(CultureInfo.InvariantCulture, $"click-{round}-{i}"), isRelease));
        }

        return clicks;
    }

    private static async Task<bool> Try(BankClient analyst, Click click)
    {
        try
        {
            return (await analyst.Post(click.Path, click.Body, click.Key)).Status == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            // The process is gone: what became of it is what is asked below.
            return false;
        }
    }

    private static string Body(string payer, decimal latitude, decimal longitude) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"amount":"1.00","currency":"USD","debtorAccount":"{{{payer}}}","creditorAccount":"987654321","location":{"latitude":{{{latitude}}},"longitude":{{{longitude}}}}}""");

    private sealed record Click(string Payment, string Path, string Body, string Key, bool IsRelease);
}
