using System.Text;
using System.Text.Json;
using Grains.Acquirers;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;

namespace Checkout.Tests;

/// <summary>Somebody tries out many cards at a merchant: from the sixth on none reaches the acquirer, and the merchant's customers pay.</summary>
public sealed class CardTestingTests
{
    private const long Tested = 150;

    /// <summary>A minute, fifty cards.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1_200);

    [Theory]
    [InlineData("none")]
    [InlineData("one")]
    [InlineData("each its own")]
    public async Task Fifty_cards_in_a_minute_are_stopped_by_the_sixth_and_customers_pay(string addresses)
    {
        await using var bench = Shop();
        for (var customer = 0; customer < 5; customer++)
            (await Pay(bench, $"bank_customer{customer}", 4_900, $"192.0.2.{customer}")).Is(200);
        bench.Edition.Clock.Advance(TimeSpan.FromHours(2));
        var (honest, asked) = (0, 0);
        for (var card = 0; card < 50; card++)
        {
            bench.Edition.Clock.Advance(Pause);
            var before = bench.Acquirer.Calls;
            var error = (await Pay(bench, $"stolen{card}", Tested, Address(addresses, card))).Is(402).Json.GetProperty("error");
            Assert.Equal(("card_declined", card < 5 ? "testmode_decline" : "fraudulent"), (error.GetProperty("code").GetString(), error.GetProperty("decline_code").GetString()));
            asked += bench.Acquirer.Calls - before;
            if (card % 5 != 4)
                continue;
            // Now one who paid here before, also by a small amount and from anywhere; now a new one from another address, by what the shop sells.
            (await (honest % 2 == 0 ? Pay(bench, $"bank_customer{honest / 2}", 200, Address(addresses, card)) : Pay(bench, $"bank_new{honest}", 4_900, $"192.0.2.{100 + honest}"))).Is(200);
            honest++;
        }

        Assert.Equal((5, 10), (asked, honest));
        // Ten minutes (of an address, an hour) after the last declined card it is over, though cards were tried all the time.
        bench.Edition.Clock.Advance((addresses == "one" ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(10)) - (46 * Pause));
        (await Pay(bench, "bank_late", Tested, Address(addresses, 0))).Is(200);
    }

    [Fact]
    public async Task A_block_lasts_while_cards_are_tried_on_and_does_not_last_longer()
    {
        await using var bench = Shop();
        for (var card = 0; card < 100; card++)
        {
            bench.Edition.Clock.Advance(TimeSpan.FromSeconds(5));
            await Pay(bench, $"stolen{card}", Tested, "203.0.113.7");
        }

        Assert.Equal(5, bench.Acquirer.Calls);
        (await Pay(bench, "bank_stranger", 90_000, "203.0.113.7")).Is(402);
        bench.Edition.Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(470));
        (await Pay(bench, "bank_stranger", 90_000, "203.0.113.7")).Is(200);
    }

    [Theory]
    [InlineData(8, "none", Tested)]
    [InlineData(50, "none", Tested)]
    [InlineData(50, "one", 90_000)]
    [InlineData(50, "each its own", 2_500)]
    public async Task However_many_are_sent_at_once_five_reach_the_acquirer(int atOnce, string addresses, long amount)
    {
        await using var bench = Shop();
        // All that are sent are at the acquirer together.
        bench.Acquirer.Then = static _ => Task.Delay(30);
        await Parallel.ForEachAsync(Enumerable.Range(0, 50), new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (card, _) => (await Pay(bench, $"stolen{card}", amount, Address(addresses, card))).Is(402));
        Assert.Equal(5, bench.Acquirer.Calls);
    }

    [Fact]
    public async Task Customers_who_come_at_once_all_pay()
    {
        await using var bench = Shop();
        await Parallel.ForEachAsync(Enumerable.Range(0, 60), new ParallelOptions { MaxDegreeOfParallelism = 60 }, async (card, _) => (await Pay(bench, $"bank_new{card}", Tested, null)).Is(200));
        Assert.Equal(60, bench.Acquirer.Calls);
    }

    [Fact]
    public async Task The_sixth_waits_for_what_becomes_of_the_first_and_goes_on_when_one_is_accepted()
    {
        await using var bench = Shop();
        var (sent, answer) = (new SemaphoreSlim(0), new SemaphoreSlim(0));
        bench.Acquirer.Asking = async _ =>
        {
            sent.Release();
            await answer.WaitAsync();
        };
        var paying = Enumerable.Range(0, 6).Select(card => Pay(bench, $"bank_new{card}", Tested, null)).ToList();
        for (var card = 0; card < 5; card++)
            Assert.True(await sent.WaitAsync(TimeSpan.FromSeconds(10)), $"Attempt {card + 1} of five was not sent.");
        Assert.False(await sent.WaitAsync(TimeSpan.FromMilliseconds(100)), "The sixth was sent while five were under way.");
        answer.Release();
        Assert.True(await sent.WaitAsync(TimeSpan.FromSeconds(10)), "The sixth was not sent when another one was accepted.");
        answer.Release(5);
        Assert.All(await Task.WhenAll(paying), static reply => reply.Is(200));
    }

    [Fact]
    public async Task What_a_card_does_at_one_merchant_another_one_knows()
    {
        await using var bench = Shop();
        (await Pay(bench, "stolen", 20_000, null)).Is(402);
        (await Pay(bench, "stolen", 20_000, null)).Is(402);
        bench.Edition.Clock.Advance(TimeSpan.FromHours(2));
        (await Pay(bench, "stolen", 20_000, null, "other")).Is(402);
        var error = (await Pay(bench, "stolen", 20_000, null, "third")).Is(402).Json.GetProperty("error");
        var charge = await bench.Document(error.GetProperty("charge").GetString()!, "third");
        var decision = RiskDecisionCodec.Decode(JsonSerializer.Deserialize(charge.Private.Span, StoredJson.Default.ChargeRecord)!.Risk);
        long Of(Feature feature) => decision.Values[(int)feature];
        Assert.Equal((1, 1, 3, 3, 2), (Of(Feature.CardAttempts1Hour), Of(Feature.CardDeclined1Hour), Of(Feature.CardAttempts24Hours), Of(Feature.CardDeclined24Hours), Of(Feature.CardMerchants24Hours)));
        Assert.Empty(decision.FellBack);
    }

    [Fact]
    public async Task Checks_of_cards_are_tests_too()
    {
        await using var bench = Shop();
        for (var card = 0; card < 20; card++)
        {
            var token = await Token(bench, $"stolen{card}");
            var check = new CreateSetup(new SetupFields(), new ConfirmFields { PaymentMethodData = new MethodData(token, new BillingDetails(), null) });
            var error = (await bench.Run(check)).Is(402).Json.GetProperty("error");
            Assert.Equal(card < 5 ? "testmode_decline" : "fraudulent", error.GetProperty("decline_code").GetString());
            Assert.Equal("requires_payment_method", error.GetProperty("setup_intent").GetProperty("status").GetString());
        }

        Assert.Equal(5, bench.Acquirer.Calls);
        (await Pay(bench, "stolen20", Tested, null)).Is(402);
        Assert.Equal(5, bench.Acquirer.Calls);
    }

    [Fact]
    public async Task A_blocked_payment_is_told_as_too_risky_and_its_decision_is_kept()
    {
        await using var bench = Shop();
        for (var card = 0; card < 5; card++)
            await Pay(bench, $"stolen{card}", Tested, null);
        var error = (await Pay(bench, "stolen5", Tested, null)).Is(402);
        Assert.DoesNotContain("card_testing", error.Text);
        var charge = await bench.Document(error.Json.GetProperty("error").GetProperty("charge").GetString()!);
        var outcome = JsonDocument.Parse(charge.Public).RootElement.GetProperty("outcome");
        Assert.Equal("blocked not_sent_to_network highest_risk_level highest", string.Join(' ', Texts(outcome, "type", "network_status", "reason", "risk_level")));
        var record = JsonSerializer.Deserialize(charge.Private.Span, StoredJson.Default.ChargeRecord)!;
        var decision = RiskDecisionCodec.Decode(record.Risk);
        Assert.Equal((RiskOutcome.Decline, "card_testing", true), (decision.Outcome, decision.Reasons[0].Rule, record.IsOurs));
        Assert.Equal((5, 5, 150), (decision.Values[(int)Feature.MerchantDeclinedCards10Minutes], decision.Values[(int)Feature.MerchantCards10Minutes], decision.Values[(int)Feature.Amount]));
        Assert.Equal(record.Risk, RiskDecisionCodec.Encode(decision));
    }

    [Fact]
    public async Task What_is_to_be_reviewed_goes_through_and_says_so()
    {
        await using var bench = Shop();
        bench.Edition.Risk!.Rules = bench.Edition.Risk.Rules with { DeclineAt = 101 };
        for (var card = 0; card < 5; card++)
            await Pay(bench, $"stolen{card}", Tested, null);
        var paid = (await Pay(bench, "bank_stranger", Tested, null)).Is(200);
        var charge = await bench.Document(paid["latest_charge"]);
        var outcome = JsonDocument.Parse(charge.Public).RootElement.GetProperty("outcome");
        Assert.Equal("manual_review approved_by_network elevated_risk_level elevated", string.Join(' ', Texts(outcome, "type", "network_status", "reason", "risk_level")));
        Assert.Equal(RiskOutcome.Review, RiskDecisionCodec.Decode(JsonSerializer.Deserialize(charge.Private.Span, StoredJson.Default.ChargeRecord)!.Risk).Outcome);
        // What its bank declines is declined, whatever risk said.
        var declined = (await Pay(bench, "stolen6", Tested, null)).Is(402).Json.GetProperty("error");
        Assert.Equal("testmode_decline", declined.GetProperty("decline_code").GetString());
        Assert.Equal(7, bench.Acquirer.Calls);
    }

    [Fact]
    public async Task A_payment_with_a_challenge_is_judged_once_and_counts_once()
    {
        await using var bench = Shop();
        var asked = (await bench.Pay("pm_card_threeDSecure2Required")).Is(200);
        var record = JsonSerializer.Deserialize((await bench.Document(asked["id"])).Private.Span, StoredJson.Default.IntentRecord)!;
        var judged = record.Risk!;
        bench.Edition.Clock.Advance(TimeSpan.FromMinutes(1));
        var paid = (await bench.Run(new CompleteChallenge(asked["id"], record.Challenge!, true))).Is(200);
        Assert.Equal(judged, JsonSerializer.Deserialize((await bench.Document(paid["latest_charge"])).Private.Span, StoredJson.Default.ChargeRecord)!.Risk);
        var next = (await Pay(bench, "bank_other", Tested, null)).Is(200);
        var decision = RiskDecisionCodec.Decode(JsonSerializer.Deserialize((await bench.Document(next["latest_charge"])).Private.Span, StoredJson.Default.ChargeRecord)!.Risk);
        Assert.Equal(1, decision.Values[(int)Feature.MerchantAttempts10Minutes]);
    }

    [Fact]
    public async Task What_was_tried_and_who_paid_is_known_after_a_restart()
    {
        await using var product = await ProductProcess.Start();
        using var wire = new Wire(product.Url);
        (await wire.Api.Post("/v1/customers", "name=First")).Ok();
        for (var card = 0; card < 7; card++)
            Assert.Equal(card < 5 ? "testmode_decline" : "fraudulent", Declined(await wire.Pay(card, 150)));
        var again = await wire.Pay(7, 150, "once");
        Assert.Equal(("fraudulent", false), (Declined(again), again.IsReplay));
        await product.Kill();
        await product.StartAgain();
        Assert.Equal("fraudulent", Declined(await wire.Pay(8, 150)));
        var replay = await wire.Again("once");
        Assert.Equal((402, again.Text, true), (replay.Status, replay.Text, replay.IsReplay));
        // Published test cards do what is published of them.
        (await wire.Api.Post("/v1/payment_intents", "amount=150&currency=usd&payment_method=pm_card_visa&confirm=true")).Ok();
        (await wire.Api.PostJson("/sandbox/clock/advance", """{"seconds":601}""")).Ok();
        Assert.Equal("testmode_decline", Declined(await wire.Pay(9, 150)));
    }

    [Fact]
    public async Task Analysts_read_decisions_of_charges_and_intents()
    {
        await using var product = await ProductProcess.Start();
        using var wire = new Wire(product.Url);
        using var analyst = new MerchantApi(product.Url, "sk_sandbox_analyst");
        var paid = (await wire.Api.Post("/v1/payment_intents", "amount=12300&currency=usd&payment_method=pm_card_visa&confirm=true")).Ok();
        foreach (var id in new[] { paid["id"], paid["latest_charge"] })
        {
            var decision = (await analyst.Get("/fraud/decisions/" + id)).Ok().Json;
            Assert.Equal(("approve", 12_300, id), (decision.GetProperty("outcome").GetString(), decision.GetProperty("features").GetProperty("amount").GetInt64(), decision.GetProperty("paymentId").GetString()));
            Assert.Equal(403, (await wire.Api.Get("/fraud/decisions/" + id)).Status);
        }

        for (var card = 0; card < 5; card++)
            await wire.Pay(card, 150);
        var error = (await wire.Pay(5, 150)).Json.GetProperty("error");
        foreach (var id in new[] { error.GetProperty("charge").GetString(), error.GetProperty("payment_intent").GetProperty("id").GetString() })
        {
            var decision = (await analyst.Get("/fraud/decisions/" + id)).Ok().Json;
            Assert.Equal(("decline", "card_testing"), (decision.GetProperty("outcome").GetString(), decision.GetProperty("reasons")[0].GetProperty("rule").GetString()));
        }

        var created = (await wire.Api.Post("/v1/payment_intents", "amount=12300&currency=usd")).Ok();
        Assert.Equal(404, (await analyst.Get("/fraud/decisions/" + created["id"])).Status);
        Assert.Equal(404, (await analyst.Get("/fraud/decisions/ch_none")).Status);
    }

    [Fact]
    public async Task Where_risk_is_not_judged_nothing_of_it_is_stored_and_all_cards_reach_the_acquirer()
    {
        await using var bench = Shop(risk: false);
        for (var card = 0; card < 12; card++)
            (await Pay(bench, $"stolen{card}", Tested, null)).Is(402);
        Assert.Equal(12, bench.Acquirer.Calls);
        var paid = (await Pay(bench, "bank_customer", Tested, "192.0.2.1")).Is(200);
        Assert.Matches("""^\{"acquirer":"sandbox","authorization":"[a-z0-9]+","client_ip":"192.0.2.1"\}$""", Encoding.UTF8.GetString((await bench.Document(paid["latest_charge"])).Private.Span));
        Assert.DoesNotContain("risk", Encoding.UTF8.GetString((await bench.Document(paid["id"])).Private.Span));
    }

    private static string? Address(string addresses, int card) => addresses switch
    {
        "none" => null,
        "one" => "203.0.113.7",
        _ => $"198.51.100.{card}",
    };

    private static IEnumerable<string?> Texts(JsonElement json, params string[] names) => names.Select(name => json.GetProperty(name).GetString());

    private static string? Declined(WireReply reply)
    {
        Assert.True(reply.Status == 402, reply.Text);
        return reply.Json.GetProperty("error").GetProperty("decline_code").GetString();
    }

    // A bank says yes to the cards that are its own; all others are no test cards of the sandbox, which declines them.
    private static MerchantBench Shop(bool risk = true)
    {
        var bench = MerchantBench.Start(risk: risk);
        bench.Acquirer.Instead = static request => request.CardReference?.StartsWith("bank_", StringComparison.Ordinal) == true
            ? new AcquirerAnswer(AcquirerOutcome.Approved) { Reference = "authorization" }
            : null;
        return bench;
    }

    private static async Task<string> Token(MerchantBench bench, string card, string merchant = "m")
    {
        var facts = new Card { Brand = "visa", Country = "US", ExpMonth = 12, ExpYear = 2040, Fingerprint = "of " + card, Funding = "credit", Last4 = "0000" };
        return (await bench.Run(new CreateToken(new CardFacts("sandbox", card, facts), null, null), merchant)).Is(200)["id"];
    }

    private static async Task<BenchReply> Pay(MerchantBench bench, string card, long amount, string? address, string merchant = "m")
    {
        var fields = new ConfirmFields { PaymentMethodData = new MethodData(await Token(bench, card, merchant), new BillingDetails(), null), ClientIp = address };
        return await bench.Run(new CreateIntent(new IntentFields { Amount = amount, Currency = "usd" }, fields), merchant);
    }

    /// <summary>A merchant's page and its server: cards are typed into the one, and charged by the other.</summary>
    private sealed class Wire(string url) : IDisposable
    {
        private readonly MerchantApi browser = new(url, "pk_test_sandbox_merchant");
        private readonly Dictionary<string, string> sent = [];

        public MerchantApi Api { get; } = new(url);

        /// <summary>Charges a card that is none of the published ones.</summary>
        public async Task<WireReply> Pay(int card, long amount, string? key = null)
        {
            var token = (await browser.Post("/v1/tokens", $"card[number]={Number(card)}&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123")).Ok()["id"];
            var form = $"amount={amount}&currency=usd&confirm=true&payment_method_data[type]=card&payment_method_data[card][token]={token}";
            if (key is not null)
                sent[key] = form;
            return await Api.Post("/v1/payment_intents", form, key);
        }

        public Task<WireReply> Again(string key) => Api.Post("/v1/payment_intents", sent[key], key);

        public void Dispose()
        {
            browser.Dispose();
            Api.Dispose();
        }

        // The last digit makes the sum of Luhn's rule a multiple of ten.
        private static string Number(int card)
        {
            var digits = $"40000123{card:D7}";
            var sum = digits.Select(static digit => digit - '0').Select(static (digit, place) => place % 2 == 0 ? (2 * digit / 10) + (2 * digit % 10) : digit).Sum();
            return digits + ((10 - (sum % 10)) % 10);
        }
    }
}
