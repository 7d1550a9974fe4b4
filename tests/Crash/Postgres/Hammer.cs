using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace Crash.Postgres;

/// <summary>Clients that send payments of one cent of one account through one process, each the next one when the last is answered.</summary>
internal sealed class Hammer(BankClient bank, string name, string debtor, string creditor)
{
    private readonly ConcurrentQueue<string> settled = new();
    private readonly Stopwatch watch = new();
    private Task[] clients = [];
    private long rejected;
    private volatile bool stopping;

    /// <summary>Ids of the payments that were answered as settled.</summary>
    public IReadOnlyCollection<string> Settled => settled;

    /// <summary>How many were answered as rejected, for the debtor is frozen.</summary>
    public long Rejected => Interlocked.Read(ref rejected);

    /// <summary>Settled payments a second.</summary>
    public double Rate => settled.Count / watch.Elapsed.TotalSeconds;

    public void Start(int count)
    {
        watch.Start();
        clients = [.. Enumerable.Range(0, count).Select(client => Task.Run(() => Send(client)))];
    }

    public async Task Stop()
    {
        stopping = true;
        await Task.WhenAll(clients).WaitAsync(PaymentsProcess.Patience);
        watch.Stop();
    }

    private async Task Send(int client)
    {
        for (var i = 0; !stopping; i++)
        {
            var answer = await bank.Post("payments", $$"""{"amount":"0.01","currency":"USD","debtorAccount":"{{debtor}}","creditorAccount":"{{creditor}}"}""", $"{name}-{client}-{i}");
            Assert.True(answer.Status == HttpStatusCode.Created, $"A payment was answered {answer.Status}: {answer.Body}");
            if (answer.Json.GetProperty("status").GetString() == "settled")
            {
                settled.Enqueue(answer.Json.GetProperty("id").GetString()!);
                continue;
            }

            Assert.Equal("AC06", answer.Json.GetProperty("reason").GetProperty("code").GetString());
            Interlocked.Increment(ref rejected);
        }
    }
}
