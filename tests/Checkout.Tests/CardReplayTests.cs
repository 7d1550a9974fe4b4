using System.Text.Json;
using Grains.Acquirers;
using Grains.Fraud.Backtest;
using Grains.Fraud.Features;
using Grains.Fraud.Rules;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger.Documents;

namespace Checkout.Tests;

/// <summary>Recorded decisions of card payments, made again from what was recorded alone.</summary>
public sealed class CardReplayTests
{
    private const int Payments = 400;

    [Fact]
    public async Task Unchanged_rules_make_the_same_decisions_byte_for_byte_and_a_changed_one_others()
    {
        await using var bench = MerchantBench.Start();
        bench.Acquirer.Instead = static request => request.CardReference is { } card && card.StartsWith("bank_", StringComparison.Ordinal) ? new AcquirerAnswer(AcquirerOutcome.Approved) { Reference = "authorization" } : null;
        bench.Edition.Risk!.Lists = new ListBook([new ListEntry(ListKind.Watch, ListSubject.Card, "of bank_7"), new ListEntry(ListKind.Block, ListSubject.Ip, "198.51.100.9")]);
        var random = new Random(20_261_123);
        for (var i = 0; i < Payments; i++)
        {
            bench.Edition.Clock.Advance(TimeSpan.FromSeconds(random.Next(20)));
            await Pay(bench, random);
        }

        var recorded = await Decisions(bench);
        Assert.Equal(Payments, recorded.Count);
        var outcomes = recorded.Select(static bytes => RiskDecisionCodec.Decode(bytes).Outcome).ToLookup(static outcome => outcome);
        Assert.True(outcomes[RiskOutcome.Approve].Count() > 20 && outcomes[RiskOutcome.Review].Any() && outcomes[RiskOutcome.Decline].Count() > 20, $"{outcomes[RiskOutcome.Approve].Count()}, {outcomes[RiskOutcome.Review].Count()}, {outcomes[RiskOutcome.Decline].Count()}");
        var replay = new Replay(BacktestPlan.Of(FraudRules.Default(), null));
        foreach (var bytes in recorded)
            Assert.Equal(bytes, RiskDecisionCodec.Encode(replay.Again(RiskDecisionCodec.Decode(bytes), out _)!));

        // Without their lists' points nobody would have been looked at.
        var rules = FraudRules.Default();
        var others = new Replay(BacktestPlan.Of(rules with { ReviewAt = 51 }, null));
        Assert.All(recorded.Select(static bytes => RiskDecisionCodec.Decode(bytes)), decision => Assert.Equal(decision.Outcome == RiskOutcome.Review ? RiskOutcome.Approve : decision.Outcome, others.Again(decision, out _)!.Outcome));
    }

    private static async Task Pay(MerchantBench bench, Random random)
    {
        var card = random.Next(3) == 0 ? $"stolen{random.Next(40)}" : $"bank_{random.Next(30)}";
        var address = random.Next(4) == 0 ? null : $"198.51.100.{random.Next(10)}";
        var merchant = random.Next(3) == 0 ? "other" : "m";
        var facts = new Card { Brand = "visa", Country = random.Next(5) == 0 ? "GB" : "US", ExpMonth = 12, ExpYear = 2040, Fingerprint = "of " + card, Funding = "credit", Last4 = "0000" };
        var token = (await bench.Run(new CreateToken(new CardFacts("sandbox", card, facts), null, null), merchant)).Is(200)["id"];
        var billing = new BillingDetails { Address = new Address { Country = "US" } };
        await bench.Run(new CreateIntent(new IntentFields { Amount = 100 * random.Next(1, 200), Currency = random.Next(4) == 0 ? "eur" : "usd" }, new ConfirmFields { PaymentMethodData = new MethodData(token, billing, null), ClientIp = address }), merchant);
    }

    private static async Task<List<byte[]>> Decisions(MerchantBench bench)
    {
        var found = new List<byte[]>();
        foreach (var merchant in new[] { "m", "other" })
        {
            var owner = (await bench.Edition.Writer.Reader.FindAccount(AccountId.Parse(merchant)))!.Number;
            foreach (var charge in await bench.Edition.Checkout.Documents.List(new DocumentQuery(owner, (byte)DocumentKind.Charge, null, 0, 0, Payments)))
                found.Add(JsonSerializer.Deserialize(charge.State.Private.Span, StoredJson.Default.ChargeRecord)!.Risk!);
        }

        return found;
    }
}
