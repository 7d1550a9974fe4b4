using System.Collections.Concurrent;
using System.Net;
using Gateway.Tests;
using Xunit.Abstractions;

namespace Cluster.Tests.Recorded;

/// <summary>
/// Every process of a cluster is replaced by one of this build, one after the other, silos first, while it is paid through. What is
/// replaced is this build, too, or the release whose built <c>Payments.Silo.Cluster.dll</c> the variable names:
/// <c>PAYMENTS_PREVIOUS_RELEASE=/…/Payments.Silo.Cluster.dll dotnet test tests/Cluster.Tests -c Release --filter RollingUpgradeTests</c>.
/// </summary>
public sealed class RollingUpgradeTests(ITestOutputHelper log)
{
    private const int Clients = 8;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_is_applied_twice()
    {
        var previous = Environment.GetEnvironmentVariable("PAYMENTS_PREVIOUS_RELEASE");
        await using var cluster = await RunningCluster.StartRelease(previous, silos: 2);
        var acknowledged = new ConcurrentDictionary<string, string>();
        var unclear = new ConcurrentDictionary<string, int>();
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
                acknowledged[$"upgrade-{client}-{i}"] = await Pay(cluster, client, i, unclear);
        })).ToList();

        var counts = new List<int>();
        async Task Phase(Func<Task> replace)
        {
            await Task.Delay(Between);
            counts.Add(acknowledged.Count);
            await replace();
        }

        foreach (var silo in cluster.Silos)
            await Phase(() => cluster.Replace(silo));
        await Phase(cluster.ReplaceGateway);
        await Phase(stop.CancelAsync);
        await Task.WhenAll(clients).WaitAsync(TimeSpan.FromMinutes(1));

        log.WriteLine($"From {previous ?? "this build"}: {acknowledged.Count} payments ({string.Join(", ", counts)} before each step); without an outcome at first: {string.Join(", ", unclear.Select(static one => $"{one.Value} × {one.Key}"))}");
        // It was paid before, between and after all replacements.
        Assert.All(counts.Zip(counts.Skip(1)), static pair => Assert.True(pair.First < pair.Second, $"{pair.First}, then {pair.Second}."));
        Assert.Equal(acknowledged.Count, acknowledged.Values.Distinct().Count());
        Assert.Equal(acknowledged.Count, cluster.Number("select count(*) from log where type = 1 and amount = 1"));
        using var bank = new Api(cluster.Gateway.Url, Keys.Bank, 64);
        for (var client = 0; client < Clients; client++)
        {
            var id = acknowledged[$"upgrade-{client}-0"];
            Assert.Equal("settled", (await bank.Get($"/payments/{id}")).Is(HttpStatusCode.OK)["status"]);
            Assert.Equal(id, await Pay(cluster, client, 0, unclear));
        }
    }

    // The same key until it is answered; the id of the payment.
    private static async Task<string> Pay(RunningCluster cluster, int client, int payment, ConcurrentDictionary<string, int> unclear)
    {
        var body = SharedServer.Body($"sandbox_{1 + ((client + (payment * Clients)) % 40):0000}", "sandbox_0500", "0.01");
        while (true)
        {
            string why;
            try
            {
                using var bank = new Api(cluster.Gateway.Url, Keys.Bank, 1);
                var answer = await bank.Post("/payments", body, $"upgrade-{client}-{payment}");
                if (answer.Status == HttpStatusCode.Created)
                    return answer["id"];
                Assert.True(answer.Status is HttpStatusCode.GatewayTimeout or HttpStatusCode.ServiceUnavailable or HttpStatusCode.Conflict, $"{(int)answer.Status}: {answer.Text}");
                why = answer.Status.ToString();
            }
            catch (HttpRequestException exception)
            {
                // The gateway went away, and another one is there or comes.
                why = exception.HttpRequestError.ToString();
            }

            unclear.AddOrUpdate(why, 1, static (_, count) => count + 1);
            await Task.Delay(20);
        }
    }
}
