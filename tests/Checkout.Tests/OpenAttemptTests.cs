using System.Collections.Concurrent;
using Grains.Acquirers;
using Grains.Checkout;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Ledger.Documents;

namespace Checkout.Tests;

/// <summary>
/// The acquirer did it, and its answer is lost: while that is open, its notices come doubled and in any order, together with whatever
/// a merchant asks for. What counts is the acquirer's own book, and our ledger beside it.
/// </summary>
public sealed class OpenAttemptTests
{
    private const int Intents = 10;
    private const int Amount = 10_000;
    private const int Fee = 320;
    private const int Part = 4_000;

    [Fact]
    public async Task Notices_of_open_attempts_in_any_number_and_order_beside_requests_have_one_effect()
    {
        await using var bench = MerchantBench.Start();
        var losing = true;
        var (lost, asked) = (new ConcurrentDictionary<string, int>(), 0);
        bench.Acquirer.Then = request =>
        {
            if (!losing)
                return Task.CompletedTask;
            lost.AddOrUpdate(request.Key, 1, static (_, times) => times + 1);
            throw new AcquirerSilentException();
        };
        // So that several questions are under way before the first has its answer.
        bench.Acquirer.Asked = async _ =>
        {
            Interlocked.Increment(ref asked);
            await Task.Delay(Random.Shared.Next(20));
        };

        var ids = await Task.WhenAll(Enumerable.Range(0, Intents).Select(async i =>
        {
            var open = (await bench.Pay(manual: true, key: $"pay-{i}")).Is(200);
            Assert.Equal("processing", open["status"]);
            return open["id"];
        }));
        Assert.Equal(Intents, lost.Count);
        Assert.Equal(Intents, bench.Book.Authorizations.Count);
        Assert.Equal(0, await bench.Count(EventType.CardAuthorized));

        losing = false;
        await Task.WhenAll(ids.Select((id, i) => Storm(bench, [$"{id}:1", $"{id}:1", $"{id}:0", $"{id}:2", $"{id}:1"],
            [
                () => Again(bench, i, id),
                () => bench.Run(new ConfirmIntent(id, new ConfirmFields { PaymentMethod = "pm_card_visa" })),
                () => bench.Run(new CaptureIntent(id, null, true, null, null, null)),
                () => bench.Run(new CaptureIntent(id, null, true, null, null, null)),
            ])));
        foreach (var id in ids)
        {
            var reply = await bench.Run(new CaptureIntent(id, null, true, null, null, null));
            Assert.True(reply.Answer.Status is 200 or 400, reply.Text);
            Assert.Equal("succeeded", (await bench.Intent(id)).GetProperty("status").GetString());
        }

        Assert.True(asked >= Intents, "Notices made us ask.");
        Compare(bench, ids, refunded: 0);
        Assert.Equal((Intents, Intents), (await bench.Count(EventType.CardAuthorized), await bench.Count(EventType.CardCaptured)));
        Assert.Equal(Intents * (Amount - Fee), (await bench.Counters("m:balance")).Posted);

        // Three parts of which two fit, all open at once, with a fourth that asks for all there is.
        losing = true;
        var refunds = await Task.WhenAll(ids.SelectMany(static id => Enumerable.Repeat(id, 3)).Select(id => bench.Run(new CreateRefund(null, id, Part, null, null))));
        var made = refunds.Where(static reply => reply.Answer.Status == 200).Select(static reply => reply["id"]).ToList();
        Assert.Equal(2 * Intents, made.Count);
        Assert.All(refunds.Where(static reply => reply.Answer.Status == 200), static reply => Assert.Equal("pending", reply["status"]));
        losing = false;
        await Task.WhenAll(made.Select(refund => Storm(bench, [$"{refund}:1", $"{refund}:2", $"{refund}:1", $"{refund}:1"], [])).Concat(
            ids.Select(id => Storm(bench, [$"{id}:2", $"{id}:1"], [() => bench.Run(new CreateRefund(null, id, Amount, null, null))]))));
        foreach (var refund in made)
            Assert.Equal("succeeded", (await bench.Intent(refund)).GetProperty("status").GetString());
        Compare(bench, ids, refunded: 2 * Part);
        Assert.Equal(2 * Intents, await bench.Count(EventType.CardRefunded));
        Assert.Equal(Intents * (Amount - Fee - (2 * Part)), (await bench.Counters("m:balance")).Posted);

        await bench.Close();
        using var log = DocumentLog.OfFile(bench.LedgerFile);
        using var key = Ledger.Sealing.MasterKey.Load(Path.GetDirectoryName(bench.LedgerFile)!, mayCreate: false);
        Assert.Empty(DocumentAudit.Verify(log, key, null, CancellationToken.None).Findings);
    }

    [Fact]
    public async Task A_late_notice_of_one_attempt_does_not_begin_the_next_before_that_is_durable()
    {
        await using var bench = MerchantBench.Start();
        var declined = (await bench.Pay("pm_card_visa_chargeDeclined")).Is(402);
        var id = declined.Json.GetProperty("error").GetProperty("payment_intent").GetProperty("id").GetString()!;
        var calls = bench.Acquirer.Calls;
        using var free = await bench.HoldWriter();
        var confirm = bench.Run(new ConfirmIntent(id, new ConfirmFields { PaymentMethod = "pm_card_visa" }));
        await Task.Delay(100);
        var notices = Enumerable.Range(0, 5).Select(_ => bench.Merchant("m").Notify(new AcquirerNotice($"{id}:1"))).ToArray();
        await Task.Delay(300);
        var (asked, taken) = (bench.Acquirer.Calls - calls, bench.Book.Authorizations.Count);
        free.Set();
        Assert.Equal((0, 0), (asked, taken));
        Assert.Equal("succeeded", (await confirm).Is(200)["status"]);
        await Task.WhenAll(notices);
        Assert.Single(bench.Book.Authorizations);
        Assert.Equal(1, await bench.Count(EventType.CardCaptured));
    }

    // All at once, and in an order of chance.
    private static async Task Storm(MerchantBench bench, string[] notices, Func<Task<BenchReply>>[] requests)
    {
        Func<Task>[] all = [.. notices.Select(key => (Func<Task>)(() => bench.Merchant("m").Notify(new AcquirerNotice(key)))), .. requests];
        Random.Shared.Shuffle(all);
        await Task.WhenAll(all.Select(static one => Task.Run(one))).WaitAsync(TimeSpan.FromSeconds(30));
    }

    // The same request under the same key, as an SDK retries it: its own payment, or not yet.
    private static async Task<BenchReply> Again(MerchantBench bench, int number, string id)
    {
        var reply = await bench.Pay(manual: true, key: $"pay-{number}");
        Assert.True(reply.Answer.Status == 409 || reply["id"] == id, reply.Text);
        return reply;
    }

    private static void Compare(MerchantBench bench, string[] ids, long refunded)
    {
        var booked = bench.Book.Authorizations.ToLookup(static authorization => authorization.Key.Split(':')[0]);
        Assert.Equal(ids.Length, booked.Count);
        foreach (var id in ids)
            Assert.Equal((Amount, Amount, refunded), (Assert.Single(booked[id]) is var one ? (one.Authorized, one.Captured, one.Refunded) : default));
    }
}
