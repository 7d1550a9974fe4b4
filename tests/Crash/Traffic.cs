using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace Crash;

/// <summary>
/// What banks send at once: payments of hot and cold accounts, payments that cannot be covered, keys that are sent again, at once or
/// later, batches and returns. It notes what was answered, and goes on until it is stopped or the server is gone.
/// </summary>
internal sealed class Traffic(BankClient bank, string name, int seed)
{
    public const string HotDebtor = "123456789";
    public const string HotCreditor = "987654321";
    public const string PoorDebtor = "crash-poor";
    public const int Debtors = 24;

    private const int MaxBatch = 60;

    private readonly ConcurrentQueue<Submission> submissions = new();
    private Task[] connections = [];
    private volatile bool stopping;
    private volatile bool serverMayGo;

    /// <summary>The accounts that it moves money of.</summary>
    public static IEnumerable<string> Accounts => [HotDebtor, HotCreditor, PoorDebtor, .. Enumerable.Range(1, Debtors).Select(Cold)];

    /// <summary>All that was sent, answered or not.</summary>
    public IReadOnlyCollection<Submission> Submissions => submissions;

    /// <summary>The account that soon has nothing left.</summary>
    public static async Task MakePoorDebtor(BankClient bank, bool again)
    {
        var opened = await bank.Post("accounts", $$"""{"id":"{{PoorDebtor}}","currency":"USD"}""", "open");
        Assert.True(opened.Status == HttpStatusCode.Created && opened.Replayed == again, $"{opened}");
        var funded = await bank.Post($"sandbox/accounts/{PoorDebtor}/fund", """{"amount":"50.00"}""", "fund");
        Assert.True(funded.Status == HttpStatusCode.OK && funded.Replayed == again, $"{funded}");
    }

    public void Start(int connectionCount) =>
        connections = [.. Enumerable.Range(0, connectionCount).Select(number => Task.Run(() => Connection(number, new Random(unchecked((seed * 397) + number)))))];

    /// <summary>Waits until so many of the payments sent are answered.</summary>
    public async Task Answered(int count)
    {
        var failed = Task.WhenAll(connections);
        using var patience = new CancellationTokenSource(PaymentsProcess.Patience);
        while (submissions.Count(static one => one.Answered is not null) < count)
        {
            Assert.False(patience.IsCancellationRequested, $"{count} answers did not come within {PaymentsProcess.Patience}.");
            if (await Task.WhenAny(failed, Task.Delay(5)) == failed)
                await failed;
        }
    }

    /// <summary>From now on a broken connection is no fault of the server's.</summary>
    public void ServerMayGo() => serverMayGo = true;

    /// <summary>Waits for the last answers.</summary>
    public async Task Stop()
    {
        stopping = true;
        await Task.WhenAll(connections).WaitAsync(PaymentsProcess.Patience);
    }

    private async Task Connection(int number, Random random)
    {
        var own = new List<Submission>();
        for (var i = 0; !stopping; i++)
        {
            var key = $"{name}-{number}-{i}";
            try
            {
                await Act(own, key, random);
            }
            catch (Exception exception) when (serverMayGo && exception is HttpRequestException or IOException)
            {
                return;
            }
        }
    }

    private Task Act(List<Submission> own, string key, Random random) => random.Next(20) switch
    {
        0 => Batch(own, key, random),
        1 or 2 when own.Count > 0 => Again(own[random.Next(own.Count)]),
        3 => AtOnce(Note(own, Payment(key, random))),
        4 or 5 when own.Find(static one => one.ReturnOf is null && one.Answered?.Contains("\"settled\"", StringComparison.Ordinal) == true) is { } original => Return(own, original, key, random),
        _ => One(Note(own, Payment(key, random))),
    };

    private async Task One(Submission one) => one.Take(await one.SendTo(bank));

    private async Task AtOnce(Submission one)
    {
        foreach (var answer in await Task.WhenAll(one.SendTo(bank), one.SendTo(bank)))
            one.Take(answer);
    }

    private async Task Again(Submission one)
    {
        var known = one.Answered is not null;
        var answer = await one.SendTo(bank);
        Assert.True(!one.Take(answer) || !known || answer.Replayed, "A key that was answered is answered anew.");
    }

    private Task Return(List<Submission> own, Submission original, string key, Random random)
    {
        using var payment = JsonDocument.Parse(original.Answered!);
        var cents = Cents.Of(payment.RootElement, "amount");
        // Out of reach of a second return: what is sent back twice could exceed the payment, which is another test's.
        own.Remove(original);
        var path = $"payments/{payment.RootElement.GetProperty("id").GetString()}/return";
        return One(Note(own, new Submission(path, key, $$"""{"amount":"{{Cents.Text(1 + random.NextInt64(cents))}}","reason":"CUST"}""")));
    }

    private async Task Batch(List<Submission> own, string key, Random random)
    {
        var items = Enumerable.Range(0, 2 + random.Next(MaxBatch)).Select(item => Note(own, Payment($"{key}-{item}", random))).ToList();
        var answer = await bank.Post("payments/batch", $"[{string.Join(',', items.Select(static item => item.Item))}]");
        // Refused, or with an outcome that is not known: the same keys are sent again, and tell.
        if (answer.Status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
            return;
        Assert.True(answer.Status == HttpStatusCode.OK, $"A batch was answered {answer.Status}: {answer.Body}");
        foreach (var (item, result) in items.Zip(answer.Json.EnumerateArray()))
        {
            Assert.Equal(item.Key, result.GetProperty("idempotencyKey").GetString());
            if (result.GetProperty("status").GetInt32() is not (409 or 503 or 504))
                item.Take(result.GetProperty("payment").GetRawText());
        }
    }

    private Submission Note(List<Submission> own, Submission one)
    {
        own.Add(one);
        submissions.Enqueue(one);
        return one;
    }

    private static Submission Payment(string key, Random random)
    {
        var debtor = random.Next(10) switch { 0 or 1 or 2 => HotDebtor, 3 => PoorDebtor, _ => Cold(1 + random.Next(Debtors)) };
        var creditor = debtor;
        while (creditor == debtor)
            creditor = random.Next(4) == 0 ? HotCreditor : Cold(1 + random.Next(Debtors));
        return new Submission("payments", key, $$"""
            {"amount":"{{Cents.Text(1 + random.Next(500))}}","currency":"USD","debtorAccount":"{{debtor}}","creditorAccount":"{{creditor}}","remittanceInfo":"Invoice {{key}}"}
            """);
    }

    private static string Cold(int number) => $"sandbox_{number:0000}";
}
