using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace Crash;

/// <summary>More than it can take: what it takes is right to the cent, the rest is told to come back, and it gets over it by itself.</summary>
public sealed class OverloadTests(Xunit.Abstractions.ITestOutputHelper log)
{
    private const int QueueLimit = 64;
    private const int Connections = 256;
    private const int DelayMs = 50;
    private const long MaxResidentBytes = 400L << 20;
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task Beyond_the_queue_it_answers_503_and_recovers()
    {
        using var data = new DataDirectory();
        await using var product = await PaymentsProcess.Start(new ProductOptions { Data = data.Path, Environment = new() { ["Payments__Ledger__QueueLimit"] = $"{QueueLimit}" } });
        using var bank = new BankClient(product.Address, Connections);
        Assert.Equal(HttpStatusCode.OK, (await bank.Post("sandbox/faults", $$"""{"ledger":"delay","milliseconds":{{DelayMs}}}""")).Status);
        var (accepted, refused) = (new ConcurrentBag<Submission>(), new ConcurrentBag<Submission>());
        var mostResident = 0L;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => Task.Run(async () =>
        {
            for (var i = 0; watch.Elapsed < Load; i++)
            {
                await Submit(bank, Payment($"{connection}-{i}", connection), accepted, refused);
                if (connection == 0)
                    mostResident = Math.Max(mostResident, product.ResidentBytes);
            }
        })));
        log.WriteLine($"{accepted.Count} accepted, {refused.Count} refused, at most {mostResident >> 20} MiB resident.");
        Assert.NotEmpty(accepted);
        Assert.NotEmpty(refused);
        Assert.InRange(mostResident, 1, MaxResidentBytes);

        Assert.Equal(HttpStatusCode.OK, (await bank.Delete("sandbox/faults")).Status);
        await ExpectRecovered(bank, accepted, refused);
        await ExpectToTheCent(bank, accepted);
    }

    private static Submission Payment(string key, int connection) => new("payments", $"overload-{key}", $$"""
        {"amount":"{{Cents.Text(1 + (connection % 7))}}","currency":"USD","debtorAccount":"sandbox_{{1 + (connection % 100):0000}}","creditorAccount":"987654321"}
        """);

    private static async Task Submit(BankClient bank, Submission one, ConcurrentBag<Submission> accepted, ConcurrentBag<Submission> refused)
    {
        var answer = await one.SendTo(bank);
        if (answer.Status == HttpStatusCode.Created)
        {
            one.Take(answer);
            accepted.Add(one);
            return;
        }

        Assert.True(answer.Status == HttpStatusCode.ServiceUnavailable, $"{answer}");
        Assert.Equal("overloaded", answer.Json.GetProperty("code").GetString());
        Assert.True(answer.RetryAfter > TimeSpan.Zero, "A 503 says when to come back.");
        refused.Add(one);
    }

    // One connection a place in the queue: none is refused any more, and nothing of what was refused had been recorded.
    private static async Task ExpectRecovered(BankClient bank, ConcurrentBag<Submission> accepted, ConcurrentBag<Submission> refused) =>
        await Parallel.ForEachAsync(refused.Take(1_000).ToList(), new ParallelOptions { MaxDegreeOfParallelism = QueueLimit / 2 }, async (one, _) =>
        {
            var answer = await one.SendTo(bank);
            Assert.True(answer.Status == HttpStatusCode.Created && !answer.Replayed, $"{one.Key}: {answer}");
            one.Take(answer);
            accepted.Add(one);
        });

    private static async Task ExpectToTheCent(BankClient bank, ConcurrentBag<Submission> accepted)
    {
        var books = new Books(["987654321", .. Enumerable.Range(1, 100).Select(static number => $"sandbox_{number:0000}")]);
        books.Enter(accepted);
        await books.ExpectLedger(bank);
        var settled = accepted.Where(static one => one.Answered!.Contains("\"settled\"", StringComparison.Ordinal)).Sum(static one => Cents.Of(new Answer(HttpStatusCode.Created, one.Answered!, false, null, null).Json, "amount"));
        Assert.Equal(settled, Cents.Of((await bank.Read("accounts/987654321")).GetProperty("balance"), "posted"));
    }
}
