using Grains.Acquirers;
using Grains.Checkout;
using Grains.Fraud.Features;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger.Documents;

namespace Checkout.Tests;

/// <summary>What can happen to a card case between a word on it and its effect: its acquirer, its time, the process.</summary>
public sealed class CardCaseCourseTests
{
    private const string Address = "203.0.113.7";

    [Fact]
    public async Task What_the_acquirer_does_not_give_back_is_to_be_looked_at_again()
    {
        await using var bench = Shop();
        var (paid, number) = await Reviewed(bench);
        bench.Acquirer.Instead = static request => request.Operation == AcquirerOperation.Refund ? new AcquirerAnswer(AcquirerOutcome.Declined) { Code = "card_declined" } : null;
        Assert.Equal(CaseOutcome.Recorded, (await Act(bench, number, CaseAction.Decline, 1)).Outcome);
        var again = await Case(bench, number);
        Assert.Equal((CaseStatus.Open, 3, null, null), (again.Status, again.Version, again.Resolution, again.ClosedAt));
        Assert.Contains("was declined: the payment stands", Assert.Single(again.Notes).Text, StringComparison.Ordinal);
        Assert.Contains("\"open\":true", System.Text.Encoding.UTF8.GetString((await bench.Document(again.Card!.Review)).Public.Span), StringComparison.Ordinal);
        bench.Acquirer.Instead = null;
        Assert.Equal(CaseOutcome.Recorded, (await Act(bench, number, CaseAction.Decline, 3)).Outcome);
        Assert.Equal(CaseOutcome.Closed, (await Act(bench, number, CaseAction.Approve, 4)).Outcome);
        Assert.Equal(10_000, await Refunded(bench, paid));
        Verify(bench);
    }

    [Fact]
    public async Task While_the_acquirer_is_asked_about_the_payment_nothing_is_undone()
    {
        await using var bench = Shop();
        var (held, number) = await Reviewed(bench, manual: true);
        var (capturing, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        bench.Acquirer.Then = _ =>
        {
            capturing.SetResult();
            return answer.Task;
        };
        var captured = bench.Run(new CaptureIntent(held["id"], null, true, null, null, null));
        await capturing.Task;
        Assert.Equal(CaseOutcome.PaymentBusy, (await Act(bench, number, CaseAction.Decline, 1)).Outcome);
        Assert.Equal((CaseStatus.Open, 1), ((await Case(bench, number)).Status, (await Case(bench, number)).Version));
        bench.Acquirer.Then = null;
        answer.SetResult();
        Assert.Equal("succeeded", (await captured).Is(200)["status"]);
        Assert.Equal(CaseOutcome.Recorded, (await Act(bench, number, CaseAction.Decline, 1)).Outcome);
        Verify(bench);
    }

    [Fact]
    public async Task Silence_leaves_the_refusal_under_way_and_it_is_done_once_when_it_is_asked_for()
    {
        await using var bench = Shop();
        var (paid, number) = await Reviewed(bench);
        // It takes the money back, and its answer is lost.
        bench.Acquirer.Then = static request => request.Operation == AcquirerOperation.Refund ? throw new AcquirerSilentException("lost") : Task.CompletedTask;
        Assert.Equal(CaseOutcome.Recorded, (await Act(bench, number, CaseAction.Decline, 1)).Outcome);
        bench.Acquirer.Then = null;
        bench.Edition.Clock.Advance(TimeSpan.FromMinutes(2));
        await Due(bench, async () => await Refunded(bench, paid) == 10_000);
        Assert.Equal(10_000, bench.Book.Authorizations.Sum(static authorization => authorization.Refunded));
        Assert.Equal((CaseStatus.Closed, 2), ((await Case(bench, number)).Status, (await Case(bench, number)).Version));
        Verify(bench);
    }

    [Fact]
    public async Task A_case_that_nobody_decides_ends_and_the_payment_stands()
    {
        await using var bench = Shop();
        var (paid, number) = await Reviewed(bench);
        Assert.Equal(TimeSpan.FromDays(7), (await Case(bench, number)) is var opened ? opened.ExpiresAt - opened.OpenedAt : default);
        bench.Edition.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(1));
        await Due(bench, async () => (await Case(bench, number)).Status == CaseStatus.Closed);
        var ended = await Case(bench, number);
        Assert.Equal((CaseStatus.Closed, CaseResolution.Expired, null), (ended.Status, ended.Resolution, ended.ChangedBy));
        Assert.Equal("succeeded", (await bench.Intent(paid["id"])).GetProperty("status").GetString());
        Assert.Contains("\"closed_reason\":\"acknowledged\"", System.Text.Encoding.UTF8.GetString((await bench.Document(ended.Card!.Review)).Public.Span), StringComparison.Ordinal);
        Assert.Equal(CaseOutcome.Closed, (await Act(bench, number, CaseAction.Decline, 2)).Outcome);
        Verify(bench);
    }

    [Fact]
    public async Task Killed_between_click_and_answer_a_case_is_decided_once()
    {
        const int Payments = 12;
        await using var product = await ProductProcess.Start();
        using var merchant = new MerchantApi(product.Url);
        using var analyst = new MerchantApi(product.Url, "sk_sandbox_analyst");
        using var second = new MerchantApi(product.Url, "sk_sandbox_analyst2");
        var first = (await merchant.Post("/v1/payment_intents", "amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true&expand[]=latest_charge")).Ok().Json;
        var card = first.GetProperty("latest_charge").GetProperty("payment_method_details").GetProperty("card").GetProperty("fingerprint").GetString();
        Assert.Equal(201, (await analyst.PostJson("/fraud/lists/watch/entries", $$"""{"kind":"card","value":"{{card}}","reason":"Seen before."}""")).Status);
        var clicks = new List<(string Intent, string Case, bool IsManual)>();
        for (var round = 0; round < 3; round++)
        {
            clicks.Clear();
            for (var i = 0; i < Payments; i++)
            {
                var paid = (await merchant.Post("/v1/payment_intents", $"amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true{(i % 2 == 0 ? "" : "&capture_method=manual")}")).Ok();
                var opened = (await analyst.Get("/fraud/cases?paymentId=" + paid["id"])).Ok().Json.GetProperty("data")[0].GetProperty("id").GetString()!;
                clicks.Add((paid["id"], opened, i % 2 != 0));
            }

            var sent = clicks.Select(click => Task.Run(() => Decline(analyst, click.Case, "click-" + click.Case))).ToArray();
            await Task.Delay(Random.Shared.Next(30));
            await product.Kill();
            await Task.WhenAll(sent);
            await product.StartAgain();
            foreach (var (intent, opened, isManual) in clicks)
            {
                for (var again = 0; again < 2; again++)
                    Assert.Equal(200, await Decline(analyst, opened, "click-" + opened));
                Assert.Equal(409, await Decline(second, opened, "other-" + opened));
                var shown = (await merchant.Get($"/v1/payment_intents/{intent}")).Ok();
                for (var i = 0; i < 200 && shown["status"] == "processing"; i++)
                {
                    (await merchant.PostJson("/sandbox/clock/advance", """{"seconds":1}""")).Ok();
                    await Task.Delay(25);
                    shown = (await merchant.Get($"/v1/payment_intents/{intent}")).Ok();
                }

                var refunds = (await merchant.Get("/v1/refunds?payment_intent=" + intent)).Ok().Json.GetProperty("data");
                Assert.Equal(isManual ? ("canceled", 0) : ("succeeded", 1), (shown["status"], refunds.GetArrayLength()));
                var state = (await analyst.Get("/fraud/cases/" + opened)).Ok();
                Assert.Equal(("refused", 2), (state["resolution"], state.Json.GetProperty("version").GetInt32()));
            }
        }
    }

    [Fact]
    public async Task Lists_name_cards_merchants_and_addresses_until_their_time_is_over()
    {
        await using var bench = MerchantBench.Start();
        var charge = System.Text.Json.JsonDocument.Parse((await bench.Document((await bench.Pay()).Is(200)["latest_charge"])).Public).RootElement;
        var fingerprint = charge.GetProperty("payment_method_details").GetProperty("card").GetProperty("fingerprint").GetString()!;
        var now = bench.Edition.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var entry in new[] { new ListEntry(ListKind.Block, ListSubject.Card, fingerprint, now + 60_000), new ListEntry(ListKind.Block, ListSubject.Ip, "203.0.113.0/24", now + 60_000), new ListEntry(ListKind.Block, ListSubject.Counterparty, "m", now + 60_000) })
        {
            bench.Edition.Risk!.Lists = new ListBook([entry]);
            var calls = bench.Acquirer.Calls;
            Assert.Equal("fraudulent", (await Pay(bench)).Is(402).Json.GetProperty("error").GetProperty("decline_code").GetString());
            Assert.Equal(calls, bench.Acquirer.Calls);
        }

        // Another card, from elsewhere.
        bench.Edition.Risk!.Lists = new ListBook([new ListEntry(ListKind.Block, ListSubject.Card, fingerprint, now + 60_000), new ListEntry(ListKind.Watch, ListSubject.Ip, "203.0.113.0/24")]);
        (await bench.Pay("pm_card_mastercard")).Is(200);
        bench.Edition.Clock.Advance(TimeSpan.FromMinutes(1));
        var watched = await Pay(bench);
        Assert.NotEqual("", watched.Is(200)["review"]);
        bench.Edition.Risk!.Lists = new ListBook([new ListEntry(ListKind.Watch, ListSubject.Ip, "203.0.113.0/24"), new ListEntry(ListKind.Allow, ListSubject.Card, fingerprint)]);
        Assert.Equal("", (await Pay(bench)).Is(200)["review"]);
    }

    private static Task<BenchReply> Pay(MerchantBench bench) =>
        bench.Run(new CreateIntent(new IntentFields { Amount = 10_000, Currency = "usd", PaymentMethod = "pm_card_visa" }, new ConfirmFields { ClientIp = Address }));

    private static async Task<int> Decline(MerchantApi analyst, string opened, string key)
    {
        try
        {
            return (await analyst.PostJson($"/fraud/cases/{opened}/decline", """{"version":1}""", key)).Status;
        }
        catch (HttpRequestException)
        {
            // The process is down.
            return 0;
        }
    }

    private static MerchantBench Shop()
    {
        var bench = MerchantBench.Start();
        bench.Edition.Risk!.Lists = new ListBook([new ListEntry(ListKind.Watch, ListSubject.Counterparty, "m")]);
        return bench;
    }

    private static async Task<(BenchReply Paid, long Case)> Reviewed(MerchantBench bench, bool manual = false)
    {
        var paid = (await bench.Pay(manual: manual)).Is(200);
        var found = await bench.Edition.Checkout.Documents.List(new DocumentQuery(CaseList.OwnerOn(0), CaseList.Kind, CaseList.Open, 0, 0, 2));
        return (paid, Assert.Single(found).State.Number);
    }

    private static async Task<long> Refunded(MerchantBench bench, BenchReply paid) =>
        System.Text.Json.JsonDocument.Parse((await bench.Document(paid["latest_charge"])).Public).RootElement.GetProperty("amount_refunded").GetInt64();

    private static async Task Due(MerchantBench bench, Func<Task<bool>> isDone)
    {
        bench.Edition.Due.Wake();
        for (var i = 0; i < 400 && !await isDone(); i++)
            await Task.Delay(25);
        Assert.True(await isDone(), "What was due was not done.");
    }

    private static Task<CaseAnswer> Act(MerchantBench bench, long number, CaseAction action, int version) => bench.Merchant("m").ActOnCase(new CaseCommand
    {
        Case = number,
        Version = version,
        Action = action,
        Actor = "ann",
        Tenant = bench.Tenant("analysts"),
        Key = IdempotencyKey.Of(bench.Tenant("analysts"), Guid.NewGuid().ToString(), "/fraud/cases"),
        RequestHash = 7,
    });

    private static async Task<FraudCase> Case(MerchantBench bench, long number) => FraudJson.ReadCase((await bench.Edition.Checkout.Documents.FindCase(number))!.Value.State.Public);

    private static void Verify(MerchantBench bench)
    {
        using var log = DocumentLog.OfFile(bench.LedgerFile);
        Assert.Empty(DocumentAudit.Verify(log, bench.Edition.MasterKey, null, CancellationToken.None).Findings);
    }
}
