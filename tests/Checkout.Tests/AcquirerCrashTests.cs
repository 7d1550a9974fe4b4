using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Grains.Acquirers;
using Grains.Interfaces.Checkout;

namespace Checkout.Tests;

/// <summary>
/// 1,000 confirms over 50 intents, with retries, declines between them, captures, lost answers, doubled notices and a SIGKILL in the
/// middle; the acquirer is a process of its own, which our end does not touch, and the comparison reads its book.
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

        var isManual = ids.Where(static (_, place) => place % 5 == 0).ToHashSet();
        var statuses = new ConcurrentDictionary<int, int>();
        var (unresolved, brokenOff, refusedCards) = (0, 0, 0);
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
        Assert.True(brokenOff > 0, "The kill hit requests that were under way.");
        Assert.True(refusedCards > 0, "Some cards were declined.");
        Compare(acquirer.Data, settled);
        await CompareEvents(api, settled);
        await CompareBalance(api, settled);
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
                // What is sent again is the same request; a card that is declined makes room for another attempt.
                var again = random.Next(3) == 0;
                var card = !again && random.Next(4) == 0 ? "pm_card_visa_chargeDeclined" : "pm_card_visa";
                var isCapture = !again && isManual.Contains(id) && random.Next(4) == 0;
                var key = again ? $"again-{id}" : $"confirm-{number}";
                for (var attempt = 0; attempt < 200; attempt++)
                {
                    try
                    {
                        var reply = isCapture
                            ? await api.Post($"/v1/payment_intents/{id}/capture", "", key)
                            : await api.Post($"/v1/payment_intents/{id}/confirm", "payment_method=" + card, key);
                        if (reply.Status is 409 or >= 500)
                        {
                            await Task.Delay(20);
                            continue;
                        }

                        if (reply.Status == 200 && reply["status"] == "processing")
                            Interlocked.Increment(ref unresolved);
                        if (reply.Status == 402)
                            Interlocked.Increment(ref refusedCards);
                        statuses.AddOrUpdate(reply.Status, 1, static (_, count) => count + 1);
                        break;
                    }
                    catch (Exception broken) when (broken is HttpRequestException or TaskCanceledException)
                    {
                        // The process is down: the same request is sent again, with the same key.
                        Interlocked.Increment(ref brokenOff);
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

    // What the acquirer wrote down, line by line, and nothing of ours.
    private static void Compare(string acquirer, List<JsonElement> intents)
    {
        var book = File.ReadLines(Path.Combine(acquirer, "sandbox-acquirer.book")).Select(static line => new Booked(JsonDocument.Parse(line).RootElement)).ToLookup(static booked => booked.Intent);
        Assert.Equal(intents.Count, book.Count);
        foreach (var intent in intents)
        {
            var id = intent.GetProperty("id").GetString()!;
            var done = book[id].ToList();
            // One key an attempt, in order: no attempt was made before the one before it was answered, and none after a yes.
            Assert.Equal(Enumerable.Range(1, done.Count), done.Select(static booked => booked.Attempt));
            var authorized = done.Where(static booked => booked.Operation == AcquirerOperation.Authorize).ToList();
            Assert.All(authorized.SkipLast(1), static booked => Assert.False(booked.IsApproved));
            var isPaid = authorized[^1].IsApproved;
            Assert.Equal(isPaid, intent.GetProperty("status").GetString() is "succeeded" or "requires_capture");
            var captured = done.Where(static booked => booked is { IsApproved: true } && (booked.Operation == AcquirerOperation.Capture || booked is { Operation: AcquirerOperation.Authorize, IsFinal: true })).ToList();
            Assert.True(captured.Count <= 1, $"{id} was taken {captured.Count} times.");
            Assert.Equal(intent.GetProperty("amount_received").GetInt64(), captured.Sum(static booked => booked.Amount));
            Assert.All(authorized, static booked => Assert.Equal(Amount, booked.Amount));
        }

        Assert.Contains(book, static intent => intent.Count(static booked => booked.Operation == AcquirerOperation.Authorize) > 1);
        Assert.Contains(book, static intent => intent.Any(static booked => booked.Operation == AcquirerOperation.Capture));
    }

    // An effect that happened twice would have been told twice.
    private static async Task CompareEvents(MerchantApi api, List<JsonElement> intents)
    {
        foreach (var (type, status) in ((string, string[])[])[("payment_intent.succeeded", ["succeeded"]), ("charge.succeeded", ["succeeded", "requires_capture"])])
        {
            var told = (await api.Get($"/v1/events?type={type}&limit=100")).Ok().Json.GetProperty("data").EnumerateArray().Select(static told => told.GetProperty("data").GetProperty("object"))
                .Select(about => about.GetProperty(type[0] == 'p' ? "id" : "payment_intent").GetString()!).Order().ToList();
            Assert.Equal(intents.Where(intent => status.Contains(intent.GetProperty("status").GetString())).Select(static intent => intent.GetProperty("id").GetString()!).Order(), told);
        }
    }

    private static async Task CompareBalance(MerchantApi api, List<JsonElement> intents)
    {
        var payments = intents.Count(static intent => intent.GetProperty("status").GetString() == "succeeded");
        Assert.True(payments >= Intents / 2, $"Only {payments} were paid.");
        var balance = (await api.Get("/v1/balance")).Ok().Json;
        var held = balance.GetProperty("available").EnumerateArray().Concat(balance.GetProperty("pending").EnumerateArray()).Sum(static amount => amount.GetProperty("amount").GetInt64());
        Assert.Equal(payments * (Amount - 88L), held);
    }

    private sealed class Booked(JsonElement entry)
    {
        private readonly JsonElement request = entry.GetProperty("Request");

        public string Intent => Key[0];

        public int Attempt => int.Parse(Key[1], CultureInfo.InvariantCulture);

        public AcquirerOperation Operation => (AcquirerOperation)request.GetProperty(nameof(Operation)).GetByte();

        public long Amount => request.GetProperty(nameof(Amount)).GetInt64();

        public bool IsFinal => request.GetProperty("Final").GetBoolean();

        public bool IsApproved => entry.GetProperty("Answer").GetProperty("Outcome").GetByte() == (byte)AcquirerOutcome.Approved;

        private string[] Key => request.GetProperty(nameof(Key)).GetString()!.Split(':');
    }
}
