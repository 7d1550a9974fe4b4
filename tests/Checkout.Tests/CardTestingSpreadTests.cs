using Grains.Acquirers;
using Grains.Fraud.Detectors;
using Grains.Interfaces.Checkout;
using Ledger;

namespace Checkout.Tests;

/// <summary>Somebody tries out cards at several merchants, too few at each to be noticed there: seen in the log of all of them.</summary>
public sealed class CardTestingSpreadTests
{
    [Fact]
    public async Task Cards_declined_at_several_merchants_from_one_address_are_an_alert_that_names_the_charges()
    {
        await using var bench = MerchantBench.Start();
        bench.Acquirer.Instead = static request => request.CardReference == "bank_customer" ? new AcquirerAnswer(AcquirerOutcome.Approved) { Reference = "authorization" } : null;
        (await Pay(bench, "m", "bank_customer", "192.0.2.1")).Is(200);
        var charges = new List<string>();
        for (var card = 0; card < 5; card++)
            charges.Add((await Pay(bench, $"shop{card % 3}", $"stolen{card}", "203.0.113.7")).Is(402).Json.GetProperty("error").GetProperty("charge").GetString()!);
        Assert.Equal(5, bench.Acquirer.Calls - 1);

        var tries = await Tries(bench);
        Assert.Equal([false, true, true, true, true, true], tries.Select(static attempt => attempt.IsDeclined));
        Assert.Equal((6, 4), (tries.Select(static attempt => attempt.Card).Distinct().Count(), tries.Select(static attempt => attempt.Merchant).Distinct().Count()));
        var detector = new DetectorOptions().Active().Single(static each => each.Name == CardTestingSpreadDetector.Kind.Name);
        var findings = tries.ConvertAll(attempt => detector.Detector.See(attempt));
        Assert.All(findings.Take(5), Assert.Null);
        var raised = await new AlertRaising(bench.Edition.Grains, bench.Edition.Shards, bench.Edition.Checkout.Documents).Raise(detector, findings[5]!, tries[5].TimeMs);
        Assert.StartsWith("One address had 5 cards declined at 3 merchants within ", raised.Alert!.Text, StringComparison.Ordinal);
        Assert.EndsWith(": 5 of its 5 attempts, 7.50 USD in all.", raised.Alert.Text, StringComparison.Ordinal);
        Assert.Equal(charges, raised.Alert.Payments);
        Assert.Equal(["shop0", "shop1", "shop2"], raised.Alert.Accounts.Order());
        Assert.Empty(raised.Alert.Frozen);
    }

    private static async Task<List<SeenCardTry>> Tries(MerchantBench bench)
    {
        var tries = new List<SeenCardTry>();
        for (IReadOnlyList<LogRow> page = await bench.Edition.Writer.Reader.RowsAfter(0, 1_000); page.Count > 0; page = await bench.Edition.Writer.Reader.RowsAfter(page[^1].Position, 1_000))
            foreach (var row in page)
                tries.AddRange(await bench.Edition.Seen!.ReadCardTries(row));
        return tries;
    }

    private static async Task<BenchReply> Pay(MerchantBench bench, string merchant, string card, string address)
    {
        var facts = new Card { Brand = "visa", Country = "US", ExpMonth = 12, ExpYear = 2040, Fingerprint = "of " + card, Funding = "credit", Last4 = "0000" };
        var token = (await bench.Run(new CreateToken(new CardFacts("sandbox", card, facts), null, null), merchant)).Is(200)["id"];
        var fields = new ConfirmFields { PaymentMethodData = new MethodData(token, new BillingDetails(), null), ClientIp = address };
        return await bench.Run(new CreateIntent(new IntentFields { Amount = 150, Currency = "usd" }, fields), merchant);
    }
}
