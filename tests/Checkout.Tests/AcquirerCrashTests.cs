using System.Collections.Concurrent;
using System.Text.Json;

namespace Checkout.Tests;

/// <summary>
/// 1,000 confirms over 50 intents, with retries, lost answers, doubled notices and a SIGKILL in the middle; the acquirer is a process
/// of its own, which our end does not touch, and the comparison reads its book.
/// </summary>
public sealed class AcquirerCrashTests
{
    private const int Intents = 50;
    private const int Confirms = 1_000;
    private const int Amount = 2_000;

    [Fact]
    public async Task No_intent_is_charged_twice_and_the_ledger_equals_the_acquirers_book()
    {
        // Each knows the other's address before either is there.
        var port = ProductProcess.FreePort();
        await using var acquirer = await ProductProcess.StartAcquirer("--notify", $"http://127.0.0.1:{port}/acquirers/sandbox/notices");
        await using var product = await ProductProcess.Start(
            port,
            ("Payments__Acquirer__Url", acquirer.Url), ("Payments__Acquirer__TimeoutMs", "500"), ("Payments__Acquirer__Retries", "1"), ("Payments__Acquirer__ResolveAfterMs", "1000"));
        using var api = new MerchantApi(product.Url);
        // Each call is tried twice: of 40 %, one authorization in six stays unknown.
        (await api.PostJson("/sandbox/faults", """{"acquirer":"timeout","rate":0.4}""")).Ok();
        var ids = new List<string>();
        for (var i = 0; i < Intents; i++)
            ids.Add((await api.Post("/v1/payment_intents", $"amount={Amount}&currency=usd{(i % 5 == 0 ? "&capture_method=manual" : "")}")).Ok()["id"]);

        var statuses = new ConcurrentDictionary<int, int>();
        var unresolved = 0;
        var work = new ConcurrentQueue<int>(Enumerable.Range(0, Confirms));
        var killed = Task.Run(async () =>
        {
            // Early: most intents are yet to be confirmed, and some are at the acquirer.
            while (work.Count > Confirms - 45)
                await Task.Delay(1);
            await product.Kill();
            await product.StartAgain();
            using var again = new MerchantApi(product.Url);
            (await again.PostJson("/sandbox/faults", """{"acquirer":"timeout","rate":0.4}""")).Ok();
        });
        await Task.WhenAll(Enumerable.Range(0, 32).Select(worker => Task.Run(() => Confirm(worker))));
        await killed;
        (await api.PostJson("/sandbox/faults", """{"acquirer":"timeout","rate":0}""")).Ok();

        var settled = await UntilResolved(api, ids);
        Assert.True(statuses.Values.Sum() > Confirms * 9 / 10, "Most confirms were answered.");
        Assert.True(unresolved > 0, "Some outcomes were unknown at first.");
        await Compare(acquirer.Url, api, settled);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", "sk_sandbox_admin");
        foreach (var line in JsonDocument.Parse(await http.GetStringAsync(new Uri(product.Url + "/audit/trial-balance"))).RootElement.GetProperty("data").EnumerateArray())
            Assert.True(line.GetProperty("balanced").GetBoolean(), line.ToString());

        async Task Confirm(int worker)
        {
            var random = new Random(worker);
            while (work.TryDequeue(out var number))
            {
                var id = ids[random.Next(Intents)];
                var key = random.Next(3) == 0 ? $"again-{id}" : $"confirm-{number}";
                for (var attempt = 0; attempt < 200; attempt++)
                {
                    try
                    {
                        var reply = await api.Post($"/v1/payment_intents/{id}/confirm", "payment_method=pm_card_visa", key);
                        if (reply.Status is 409 or >= 500)
                        {
                            await Task.Delay(20);
                            continue;
                        }

                        if (reply.Status == 200 && reply["status"] == "processing")
                            Interlocked.Increment(ref unresolved);
                        statuses.AddOrUpdate(reply.Status, 1, static (_, count) => count + 1);
                        break;
                    }
                    catch (Exception broken) when (broken is HttpRequestException or TaskCanceledException)
                    {
                        // The process is down: the same request is sent again, with the same key.
                        await Task.Delay(50);
                    }
                }
            }
        }
    }

    private static async Task<List<JsonElement>> UntilResolved(MerchantApi api, List<string> ids)
    {
        var last = new List<JsonElement>();
        for (var i = 0; i < 300; i++)
        {
            last.Clear();
            foreach (var id in ids)
                last.Add((await api.Get($"/v1/payment_intents/{id}?expand[]=latest_charge")).Ok().Json);
            if (!last.Any(static intent => intent.GetProperty("status").GetString() == "processing"))
                return last;
            (await api.PostJson("/sandbox/clock/advance", """{"seconds":2}""")).Ok();
            await Task.Delay(100);
        }

        Assert.Fail("Still processing: " + string.Join(", ", last.Where(static intent => intent.GetProperty("status").GetString() == "processing").Select(static intent => intent.GetProperty("id").GetString())));
        return last;
    }

    private static async Task Compare(string acquirer, MerchantApi api, List<JsonElement> intents)
    {
        using var http = new HttpClient();
        var book = JsonDocument.Parse(await http.GetStringAsync(new Uri(acquirer + "/book"))).RootElement.EnumerateArray()
            .ToLookup(static authorization => authorization.GetProperty("Key").GetString()!.Split(':')[0]);
        long captured = 0;
        foreach (var intent in intents)
        {
            var id = intent.GetProperty("id").GetString()!;
            var charged = book[id].ToList();
            Assert.True(charged.Count <= 1, $"{id} was charged {charged.Count} times.");
            var isPaid = intent.GetProperty("status").GetString() is "succeeded" or "requires_capture";
            Assert.Equal(isPaid, charged.Count == 1);
            if (!isPaid)
                continue;
            Assert.Equal(intent.GetProperty("amount_received").GetInt64(), charged[0].GetProperty("Captured").GetInt64());
            Assert.Equal(Amount, charged[0].GetProperty("Authorized").GetInt64());
            captured += charged[0].GetProperty("Captured").GetInt64();
        }

        Assert.Equal(intents.Count, book.Count);
        var balance = (await api.Get("/v1/balance")).Ok().Json;
        var held = balance.GetProperty("available").EnumerateArray().Concat(balance.GetProperty("pending").EnumerateArray()).Sum(static amount => amount.GetProperty("amount").GetInt64());
        var payments = captured / Amount;
        Assert.Equal(captured - (payments * 88), held);
        Assert.Equal(Intents * 4 / 5, payments);
    }
}
