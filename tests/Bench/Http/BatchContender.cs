using System.Diagnostics;
using Bench.Engine;

namespace Bench.Http;

/// <summary>Batches of 1,000 payments over HTTP, four in flight; over, like the engine, when the projections have caught up.</summary>
internal sealed class BatchContender(HttpHosts hosts, BenchScale scale) : IContender
{
    // It ends with its requests.
    private static readonly TimeSpan LongEnough = TimeSpan.FromHours(1);

    private readonly BatchRequests requests = new(HttpHost.ApiKey, BenchScale.BatchConnections);
    private HttpLoad? load;

    public string Name => "batch";

    public string Title => "HTTP POST /payments/batch of 1,000, four in flight";

    public async Task Prepare(CancellationToken cancellationToken)
    {
        load = new HttpLoad((await hosts.Product(cancellationToken)).Address, BenchScale.BatchConnections);
        // As the engine's: every grain is awake after a pass.
        var next = 0;
        await WarmUp.Run(scale.WarmUpPasses, () => Pay(BenchScale.WarmUpBatches, random => AccountPairs.From(next++ % BenchScale.Accounts, random), cancellationToken), cancellationToken);
    }

    public Task<Sample> Measure(CancellationToken cancellationToken) => Pay(scale.BatchRequests, AccountPairs.Uniform, cancellationToken);

    public ValueTask DisposeAsync()
    {
        load?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Sample> Pay(int batches, AccountPairs.Choose choose, CancellationToken cancellationToken)
    {
        requests.Allow(batches, choose);
        var cpu = CpuTime.OfThisProcess();
        var started = Stopwatch.GetTimestamp();
        var result = await load!.Run(requests, LongEnough, ratePerSecond: null, cancellationToken);
        await (await hosts.Engine(cancellationToken)).CaughtUp(cancellationToken);
        return new Sample(result.Payments, Stopwatch.GetElapsedTime(started), CpuTime.OfThisProcess() - cpu - result.OwnCpu);
    }
}
