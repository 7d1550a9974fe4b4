using Grains.Acquirers;
using Grains.Checkout;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Servers;

namespace Checkout.Tests;

/// <summary>A refund that its acquirer follows: what becomes of it is asked, and booked once.</summary>
public sealed class FollowedRefundTests
{
    [Fact]
    public async Task A_refund_that_was_pending_and_failed_is_booked_back_once()
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var paid = (await bench.Pay()).Is(200);
        bench.Acquirer.Instead = static request => request.Operation == AcquirerOperation.Refund ? Taken with { Refund = RefundCourse.ArrivesLater } : null;
        bench.Acquirer.Says = static (_, _) => Taken with { Refund = RefundCourse.ArrivesLater };
        var refund = (await bench.Run(new CreateRefund(null, paid["id"], null, null, null))).Is(200);
        Assert.Equal("pending", refund["status"]);
        var notice = new AcquirerNotice(refund["id"] + ":1");
        Assert.True(await bench.Merchant("m").Notify(notice));
        Assert.Equal("pending", (await bench.Intent(refund["id"])).GetProperty("status").GetString());

        bench.Acquirer.Says = static (_, _) => new AcquirerAnswer(AcquirerOutcome.Declined) { Code = "processing_error", DeclineCode = "expired_or_canceled_card" };
        foreach (var told in (bool[])[await bench.Merchant("m").Notify(notice), await bench.Merchant("m").Notify(notice)])
            Assert.True(told);
        var failed = await bench.Intent(refund["id"]);
        Assert.Equal(("failed", "expired_or_canceled_card"), (failed.GetProperty("status").GetString(), failed.GetProperty("failure_reason").GetString()));
        Assert.Equal((1, 1), (await bench.Count(EventType.CardRefunded), await bench.Count(EventType.CardRefundFailed)));
        Assert.Equal(0, await Due(bench));
    }

    [Fact]
    public async Task A_refund_is_asked_for_until_it_cannot_come_back_any_more()
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var paid = (await bench.Pay()).Is(200);
        bench.Acquirer.Instead = static request => request.Operation == AcquirerOperation.Refund ? Taken : null;
        bench.Acquirer.Says = static (_, _) => Taken;
        (await bench.Run(new CreateRefund(null, paid["id"], null, null, null))).Is(200);
        var days = 0;
        for (var due = await Due(bench); due != 0; days++)
        {
            // Whatever is due then has been asked for, and stands for later.
            bench.Edition.Clock.Advance(TimeSpan.FromHours(25));
            var before = due;
            for (var wait = 0; wait < 1_000 && (due = await Due(bench)) == before; wait++)
                await Task.Delay(10);
            Assert.NotEqual(before, due);
        }

        Assert.InRange(days, 30, 45);
        Assert.Equal((1, 0), (await bench.Count(EventType.CardRefunded), await bench.Count(EventType.CardRefundFailed)));
    }

    [Fact]
    public async Task Silence_is_not_the_end_of_a_refund_that_may_have_come_back()
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var paid = (await bench.Pay()).Is(200);
        bench.Acquirer.Instead = static request => request.Operation == AcquirerOperation.Refund ? Taken : null;
        bench.Acquirer.Says = static (_, _) => null;
        var refund = (await bench.Run(new CreateRefund(null, paid["id"], null, null, null))).Is(200);
        var due = await Due(bench);
        bench.Edition.Clock.Advance(TimeSpan.FromDays(60));
        for (var wait = 0; wait < 1_000 && await Due(bench) == due; wait++)
            await Task.Delay(10);
        Assert.InRange(await Due(bench), due + 1, long.MaxValue);

        bench.Acquirer.Says = static (_, _) => new AcquirerAnswer(AcquirerOutcome.Declined) { Code = "processing_error" };
        bench.Edition.Clock.Advance(TimeSpan.FromDays(2));
        await bench.Until(refund["id"], "failed");
        Assert.Equal((1, 0), (await bench.Count(EventType.CardRefundFailed), await Due(bench)));
    }

    [Fact]
    public async Task Two_processes_that_hear_at_once_that_a_refund_came_back_book_it_back_once()
    {
        var database = TestPostgres.NewDatabase();
        await using var first = MerchantBench.Start(risk: false, disputesSince: 0, database: database);
        await using var second = MerchantBench.Start(risk: false, disputesSince: 0, database: database);
        var paid = (await first.Pay()).Is(200);
        first.Acquirer.Instead = static request => request.Operation == AcquirerOperation.Refund ? Taken : null;
        var refund = (await first.Run(new CreateRefund(null, paid["id"], null, null, null))).Is(200);
        var (asked, both) = (0, new TaskCompletionSource());
        foreach (var bench in (MerchantBench[])[first, second])
        {
            bench.Acquirer.Says = static (_, _) => new AcquirerAnswer(AcquirerOutcome.Declined) { Code = "processing_error" };
            bench.Acquirer.Asked = _ =>
            {
                if (Interlocked.Increment(ref asked) >= 2)
                    both.TrySetResult();
                return both.Task.WaitAsync(TimeSpan.FromSeconds(30));
            };
        }

        var notice = new AcquirerNotice(refund["id"] + ":1");
        await Task.WhenAll(first.Merchant("m").Notify(notice), second.Merchant("m").Notify(notice));
        await first.Until(refund["id"], "failed");
        Assert.Equal((2, 1), (asked, await first.Count(EventType.CardRefundFailed)));
    }

    [Fact]
    public async Task What_another_process_began_to_follow_stays_due_where_that_is_not_known_yet()
    {
        var database = TestPostgres.NewDatabase();
        await using var first = MerchantBench.Start(risk: false, disputesSince: 0, database: database);
        await using var second = MerchantBench.Start(risk: false, disputesSince: 0, database: database);
        var paid = (await first.Pay()).Is(200);
        first.Acquirer.Instead = static request => request.Operation == AcquirerOperation.Refund ? throw new AcquirerSilentException() : null;
        first.Acquirer.Says = static (_, _) => throw new AcquirerSilentException();
        var refund = (await first.Run(new CreateRefund(null, paid["id"], null, null, null))).Is(200);
        second.Acquirer.Says = static (_, _) => Taken;
        for (var tries = 0; await Due(second) == 0; tries++)
        {
            Assert.True(tries < 600, "Nobody resolved the refund.");
            await second.Merchant("m").Notify(new AcquirerNotice(refund["id"] + ":1"));
            await Task.Delay(50);
        }

        var due = (await second.Edition.Writer.Reader.Due(long.MaxValue, 100, null)).Single(static item => item.Kind == DueKind.FollowRefund);
        var looks = first.Acquirer.RefundLooks;
        var outcome = await first.Merchant("m").DoDue(new DueCall(due.Kind, due.Id, due.AtMs));
        // It is asked for, or left: it is not taken for something that is over.
        Assert.True(first.Acquirer.RefundLooks > looks || outcome == DueOutcome.Later, $"{outcome}");
        Assert.NotEqual(0, await Due(first));
    }

    private static async Task<long> Due(MerchantBench bench) =>
        (await bench.Edition.Writer.Reader.Due(long.MaxValue, 100, null)).SingleOrDefault(static item => item.Kind == DueKind.FollowRefund)?.AtMs ?? 0;

    private static AcquirerAnswer Taken => new(AcquirerOutcome.Approved) { Reference = "re_theirs", RefundIsFollowed = true };
}
