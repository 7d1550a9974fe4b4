using Grains.Acquirers;
using Grains.Checkout;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;

namespace Checkout.Tests;

/// <summary>Answers that come after the hold's end, twice, or when they cannot be recorded.</summary>
public sealed class LateAnswerTests
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_capture_in_parts_that_is_answered_after_the_hold_s_end_is_the_last_part()
    {
        await using var bench = MerchantBench.Start();
        var held = (await bench.Pay(manual: true, options: new CardOptionsUpdate(RequestMulticapture: "if_available"))).Is(200);
        bench.Acquirer.Then = request => Late(bench, request, AcquirerOperation.Capture);
        var captured = (await bench.Run(new CaptureIntent(held["id"], 4_000, false, null, null, null))).Is(200);
        Assert.Equal(("succeeded", "4000", "0"), (captured["status"], captured["amount_received"], captured["amount_capturable"]));
        bench.Edition.Clock.Advance(Week);
        await Task.Delay(300);
        Assert.Equal("succeeded", (await bench.Intent(held["id"])).GetProperty("status").GetString());
        await NothingIsHeld(bench);
        Assert.Equal(4_000 - 146, (await bench.Counters("m:balance")).Posted);
    }

    [Fact]
    public async Task An_increase_that_is_answered_after_the_hold_s_end_changes_nothing_and_the_authorization_ends()
    {
        await using var bench = MerchantBench.Start();
        var held = (await bench.Pay(manual: true, options: new CardOptionsUpdate(RequestIncrementalAuthorization: "if_available"))).Is(200);
        bench.Acquirer.Then = request => Late(bench, request, AcquirerOperation.Increase);
        var refused = (await bench.Run(new IncrementAuthorization(held["id"], 12_000, null, null, null))).Is(400);
        Assert.Equal("capture_charge_authorization_expired", refused.Json.GetProperty("error").GetProperty("code").GetString());
        var ended = await bench.Until(held["id"], "canceled");
        Assert.Equal("automatic", ended.GetProperty("cancellation_reason").GetString());
        await NothingIsHeld(bench);
    }

    [Fact]
    public async Task A_release_that_is_declined_after_the_hold_s_end_ends_the_authorization_all_the_same()
    {
        await using var bench = MerchantBench.Start();
        var held = (await bench.Pay(manual: true)).Is(200);
        var released = 0;
        bench.Acquirer.Instead = request =>
        {
            if (request.Operation != AcquirerOperation.Void)
                return null;
            Interlocked.Increment(ref released);
            return new AcquirerAnswer(AcquirerOutcome.Declined) { Code = "resource_missing" };
        };
        // Before its end a release can be declined: the authorization is as it was.
        (await bench.Run(new CancelIntent(held["id"], null))).Is(402);
        Assert.Equal("requires_capture", (await bench.Intent(held["id"])).GetProperty("status").GetString());
        bench.Edition.Clock.Advance(Week);
        var ended = await bench.Until(held["id"], "canceled");
        Assert.Equal("automatic", ended.GetProperty("cancellation_reason").GetString());
        await NothingIsHeld(bench);
        await Task.Delay(300);
        Assert.Equal(2, released);
    }

    [Fact]
    public async Task A_slow_refund_that_has_arrived_stays_where_its_work_comes_twice()
    {
        await using var bench = MerchantBench.Start();
        var paid = (await bench.Pay("pm_card_pendingRefund")).Is(200);
        var refund = (await bench.Run(new CreateRefund(null, paid["id"], null, null, null))).Is(200);
        Assert.Equal("pending", refund["status"]);
        var work = (await bench.Edition.Writer.Reader.Due(long.MaxValue, 100)).Single(static item => item.Kind == DueKind.RefundCourse);
        for (var i = 0; i < 2; i++)
            Assert.Equal(DueOutcome.Done, await bench.Merchant("m").DoDue(new DueCall(work.Kind, work.Id, work.AtMs)));
        Assert.Equal("succeeded", (await bench.Intent(refund["id"])).GetProperty("status").GetString());
        Assert.Equal(-(290 + 30), (await bench.Counters("m:balance")).Posted);
    }

    [Fact]
    public async Task A_refund_that_comes_back_comes_back_once()
    {
        await using var bench = MerchantBench.Start();
        var paid = (await bench.Pay("pm_card_refundFail")).Is(200);
        var refund = (await bench.Run(new CreateRefund(null, paid["id"], null, null, null))).Is(200);
        var work = (await bench.Edition.Writer.Reader.Due(long.MaxValue, 100)).Single(static item => item.Kind == DueKind.RefundCourse);
        for (var i = 0; i < 2; i++)
            Assert.Equal(DueOutcome.Done, await bench.Merchant("m").DoDue(new DueCall(work.Kind, work.Id, work.AtMs)));
        Assert.Equal("failed", (await bench.Intent(refund["id"])).GetProperty("status").GetString());
        Assert.Equal(10_000 - (290 + 30), (await bench.Counters("m:balance")).Posted);
    }

    [Fact]
    public async Task Where_an_answer_cannot_be_recorded_the_caller_is_not_told_that_nothing_was()
    {
        await using var bench = MerchantBench.Start(new LedgerOptions { QueueLimit = 1 });
        (await bench.Run(new SaveCustomer(null, null, null, null, null, null, null, null, null, null))).Is(200);
        (await bench.Pay()).Is(200);
        ManualResetEventSlim? free = null;
        bench.Acquirer.Then = async request =>
        {
            if (free is not null || request.Operation != AcquirerOperation.Authorize)
                return;
            free = await bench.HoldWriter();
            _ = bench.Cent();
        };
        var unknown = await bench.Pay(key: "pay-1");
        Assert.Equal((500, false), (unknown.Answer.Status, unknown.Answer.MayRetry));
        free!.Set();
        var calls = bench.Acquirer.Calls;
        BenchReply again;
        do
        {
            await Task.Delay(20);
            again = await bench.Pay(key: "pay-1");
        }
        while (again.Answer.MayRetry);
        Assert.Equal("succeeded", again.Is(200)["status"]);
        Assert.Equal(calls, bench.Acquirer.Calls);
        Assert.Equal(2 * (10_000 - 320), (await bench.Counters("m:balance")).Posted);
    }

    [Fact]
    public async Task After_a_refused_commit_a_refusal_is_that_refusal()
    {
        await using var bench = MerchantBench.Start();
        var held = (await bench.Pay(manual: true)).Is(200);
        // Another hand on the merchant's account: the grain's next commit is refused, and decided anew.
        var limits = await bench.Edition.Grains.Get<IAccountGrain>("m").ChangeLimits(
            new ChangeLimits(new CommandOrigin(bench.Tenant("m"), IdempotencyKey.Of(bench.Tenant("m"), "limits", "key"), 1), AccountLimits.None));
        Assert.Equal(AccountOutcome.Recorded, limits.Outcome);
        var free = await bench.HoldWriter();
        var capture = bench.Run(new CaptureIntent(held["id"], null, true, null, null, null));
        await Task.Delay(200);
        bench.Edition.Clock.Advance(Week);
        free.Set();
        Assert.InRange((await capture).Answer.Status, 400, 409);
    }

    [Fact]
    public async Task The_first_capture_of_a_currency_may_be_a_part()
    {
        await using var bench = MerchantBench.Start();
        var held = (await bench.Pay(manual: true)).Is(200);
        (await bench.Run(new CaptureIntent(held["id"], 4_000, true, null, null, null))).Is(200);
        (await bench.Pay()).Is(200);
        var owner = (await bench.Edition.Writer.Reader.FindAccount(AccountId.Parse("m")))!;
        var maturing = await bench.Edition.Checkout.Documents.List(new DocumentQuery(owner.Number, (byte)DocumentKind.Maturing, DocumentLinks.Maturing, 0, 0, 10));
        var sums = (Maturing)CheckoutDocument.Read(Assert.Single(maturing).State).Public;
        Assert.Equal((4_000 - 146) + (10_000 - 320), sums.NetByAvailableOn.Values.Sum());
    }

    [Theory]
    [InlineData("m")]
    [InlineData("m:balance")]
    public async Task An_account_of_another_tenant_s_is_never_a_merchant_s(string id)
    {
        await using var bench = MerchantBench.Start();
        Assert.Equal(AccountOutcome.Recorded, (await bench.OpenAccount(id, "bank", Currency.Usd)).Outcome);
        var refused = (await bench.Pay()).Is(500);
        Assert.Contains("operator", refused.Text, StringComparison.Ordinal);
        Assert.Equal(0, bench.Acquirer.Calls);
        Assert.Equal(0, (await bench.Counters(id)).Posted);
    }

    [Fact]
    public async Task An_account_of_another_currency_is_never_a_balance()
    {
        await using var bench = MerchantBench.Start();
        Assert.Equal(AccountOutcome.Recorded, (await bench.OpenAccount("m:balance", "m", Currency.Parse("EUR"))).Outcome);
        (await bench.Pay()).Is(500);
        Assert.Equal(0, bench.Acquirer.Calls);
    }

    [Fact]
    public async Task A_merchant_whose_name_leaves_no_room_for_a_balance_charges_no_card()
    {
        await using var bench = MerchantBench.Start();
        const string Long = "a_merchant_of_thirty_letters_x";
        var refused = (await bench.Pay(merchant: Long)).Is(500);
        Assert.Contains("operator", refused.Text, StringComparison.Ordinal);
        Assert.Equal(0, bench.Acquirer.Calls);
    }

    private static async Task NothingIsHeld(MerchantBench bench)
    {
        var counters = await bench.Counters("m:balance");
        Assert.Equal((0L, 0L), (counters.DebitsPending, counters.CreditsPending));
    }

    private static Task Late(MerchantBench bench, Grains.Acquirers.AcquirerRequest request, AcquirerOperation operation)
    {
        if (request.Operation == operation)
            bench.Edition.Clock.Advance(Week);
        return Task.CompletedTask;
    }
}
