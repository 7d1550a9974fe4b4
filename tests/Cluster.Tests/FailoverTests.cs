using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Gateway.Tests;
using Xunit.Abstractions;

namespace Cluster.Tests;

/// <summary>SIGKILL of a silo while it is paid through the gateway.</summary>
public sealed class FailoverTests(ITestOutputHelper log)
{
    private const int Clients = 16;
    private const int Accounts = 40;
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Nothing_acknowledged_is_lost_nothing_is_applied_twice_and_the_service_is_back()
    {
        await using var cluster = await RunningCluster.Start(silos: 2);
        using var bank = new Api(cluster.Gateway.Url, Keys.Bank, 512);
        var acknowledged = new ConcurrentDictionary<string, string>();
        var lastOf = new ConcurrentDictionary<int, TimeSpan>();
        var watch = Stopwatch.StartNew();
        var killedAt = TimeSpan.MaxValue;
        var ends = Before + After;
        var unclear = 0;
        var longestGap = TimeSpan.Zero;
        var gate = new Lock();

        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            for (var i = 0; watch.Elapsed < ends; i++)
            {
                var (key, started) = ($"failover-{client}-{i}", watch.Elapsed);
                // The same key until it is answered: what a client does that wants to know.
                while (true)
                {
                    var answer = await bank.Post("/payments", SharedServer.Body($"sandbox_{1 + ((client + (i * Clients)) % Accounts):0000}", $"sandbox_{101 + (i % Accounts):0000}", "0.01"), key);
                    if (answer.Status == HttpStatusCode.Created)
                    {
                        acknowledged[key] = answer["id"];
                        break;
                    }

                    Assert.True(answer.Status is HttpStatusCode.GatewayTimeout or HttpStatusCode.ServiceUnavailable or HttpStatusCode.Conflict, $"{(int)answer.Status}: {answer.Text}");
                    Interlocked.Increment(ref unclear);
                    await Task.Delay(100);
                }

                lock (gate)
                    if (watch.Elapsed - started > longestGap)
                        longestGap = watch.Elapsed - started;
            }
        })).ToList();

        await Task.Delay(Before);
        var paidBefore = acknowledged.Count;
        await cluster.Kill(cluster.Silos[0]);
        killedAt = watch.Elapsed;
        await Task.WhenAll(clients).WaitAsync(TimeSpan.FromMinutes(2));

        log.WriteLine($"{acknowledged.Count} payments, {paidBefore} of them before the kill; {unclear} answers without an outcome; the longest payment took {longestGap.TotalSeconds:0.0} s.");
        Assert.True(paidBefore > 100, $"Only {paidBefore} payments before the kill.");
        Assert.True(longestGap < Back, $"A payment took {longestGap.TotalSeconds:0.0} s.");
        // Each key is one payment, and each of those in the ledger was asked for.
        Assert.Equal(acknowledged.Count, acknowledged.Values.Distinct().Count());
        Assert.Equal(acknowledged.Count, cluster.Number("select count(*) from log where type = 1 and amount = 1"));
        foreach (var (key, id) in acknowledged.Take(50))
            Assert.Equal("settled", (await bank.Get($"/payments/{id}")).Is(HttpStatusCode.OK)["status"]);
    }
}
