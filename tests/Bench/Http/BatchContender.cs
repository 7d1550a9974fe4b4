using System.Diagnostics;

namespace Bench.Http;

/// <summary>Batches of 1,000 payments over HTTP, four in flight; over, like the engine, when the projections have caught up.</summary>
internal sealed class BatchContender(HttpHosts hosts, BenchScale scale) : IContender
{
    // It ends with its requests.
    private static readonly TimeSpan LongEnough = TimeSpan.FromHours(1);

    private readonly Random random = new(9);
    private HttpLoad? load;

    public string Name => "batch";

    public string Title => "HTTP POST /payments/batch of 1,000, four in flight";

    public async Task Prepare(CancellationToken cancellationToken)
    {
        load = new HttpLoad((await hosts.Product(cancellationToken)).Address, BenchScale.BatchConnections);
        await Pay(BenchScale.WarmUpBatches, cancellationToken);
    }

    public Task<Sample> Measure(CancellationToken cancellationToken) => Pay(scale.BatchRequests, cancellationToken);

    public ValueTask DisposeAsync()
    {
        load?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Sample> Pay(int batches, CancellationToken cancellationToken)
    {
        var requests = new BatchRequests(batches, HttpHost.ApiKey, random);
        var cpu = CpuTime.OfThisProcess();
        var started = Stopwatch.GetTimestamp();
        var result = await load!.Run(requests, LongEnough, ratePerSecond: null, cancellationToken);
        await (await hosts.Engine(cancellationToken)).CaughtUp(cancellationToken);
        return new Sample(result.Payments, Stopwatch.GetElapsedTime(started), CpuTime.OfThisProcess() - cpu - result.OwnCpu);
    }
}
