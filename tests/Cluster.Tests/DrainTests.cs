using System.Net;
using Gateway.Tests;

namespace Cluster.Tests;

/// <summary>SIGTERM of a silo while it is paid through the gateway: it hands its grains over and ends in good order.</summary>
public sealed class DrainTests
{
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_silo_that_is_told_to_stop_hands_its_grains_over()
    {
        await using var cluster = await RunningCluster.Start(silos: 2);
        using var bank = new Api(cluster.Gateway.Url, Keys.Bank, 512);
        using var stop = new CancellationTokenSource();
        var paid = 0;
        var clients = Enumerable.Range(0, 8).Select(client => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var key = $"drain-{client}-{i}";
                Answer answer;
                do
                    answer = await bank.Post("/payments", SharedServer.Body($"sandbox_{1 + ((client + (i * 8)) % 40):0000}", "sandbox_0500", "0.01"), key);
                while (answer.Status is HttpStatusCode.GatewayTimeout or HttpStatusCode.ServiceUnavailable or HttpStatusCode.Conflict);
                answer.Is(HttpStatusCode.Created);
                Interlocked.Increment(ref paid);
            }
        })).ToList();

        await Task.Delay(Before);
        var leaving = cluster.Silos[0];
        Assert.Equal(0, await leaving.Terminate());
        var after = Volatile.Read(ref paid);
        await Task.Delay(Before);
        await stop.CancelAsync();
        await Task.WhenAll(clients).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.True(paid > after, $"{paid} payments, and none after it was gone.");
        Assert.Equal(paid, cluster.Number("select count(*) from log where type = 1 and amount = 1"));
    }
}
