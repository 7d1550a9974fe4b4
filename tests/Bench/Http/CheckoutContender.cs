using System.Diagnostics;

namespace Bench.Http;

/// <summary>Pairs of authorize and capture over HTTP on 64 connections, one merchant, an acquirer that answers at once.</summary>
internal sealed class CheckoutContender(HttpHosts hosts, BenchScale scale) : IContender
{
    private readonly CheckoutRequests requests = new(HttpHost.MerchantKey);
    private HttpLoad? load;

    public string Name => "checkout";

    public string Title => "HTTP /v1 authorize + capture, pairs, 64 connections";

    public async Task Prepare(CancellationToken cancellationToken)
    {
        load = new HttpLoad((await hosts.Product(cancellationToken)).Address, BenchScale.HttpConnections);
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < BenchScale.HttpWarmUpLimit;)
            await Pay(cancellationToken);
    }

    public Task<Sample> Measure(CancellationToken cancellationToken) => Pay(cancellationToken);

    public ValueTask DisposeAsync()
    {
        load?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Sample> Pay(CancellationToken cancellationToken)
    {
        var cpu = CpuTime.OfThisProcess();
        var result = await load!.Run(requests, scale.HttpTime, ratePerSecond: null, cancellationToken);
        var sample = new Sample(result.Payments / 2, result.Elapsed, CpuTime.OfThisProcess() - cpu - result.OwnCpu);
        await (await hosts.Engine(cancellationToken)).CaughtUp(cancellationToken);
        return sample;
    }
}
