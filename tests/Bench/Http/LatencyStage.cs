namespace Bench.Http;

/// <summary>Latency of single payments over HTTP at half of the peak rate, from when each was due.</summary>
internal sealed class LatencyStage(HttpHosts hosts) : IStage
{
    private static readonly (string Name, double Quantile)[] Quantiles = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)];

    public async Task Run(BenchScale scale, Results results, BenchProgress progress, CancellationToken cancellationToken)
    {
        progress.Say("latency: half of the peak rate");
        var requests = new PaymentRequests("/payments", HttpHost.ApiKey, BenchScale.HttpConnections);
        using var load = new HttpLoad((await hosts.Product(cancellationToken)).Address, BenchScale.HttpConnections);
        var peak = results.Find("http")?.Median ?? await Peak(load, requests, scale, cancellationToken);
        var rate = peak / 2;
        var offered = new Figure("latency_rate", "HTTP latency: payments offered", "payments/s");
        var figures = Quantiles.Select(static quantile => new Figure($"latency_{quantile.Name}", $"HTTP latency at half of the peak, {quantile.Name}", "ms")).ToArray();
        await load.Run(requests, scale.LatencyTime / 2, rate, cancellationToken);
        for (var round = 1; round <= scale.Rounds; round++)
        {
            progress.Step($"latency: round {round} of {scale.Rounds} at {rate:#,0} payments a second");
            await (await hosts.Engine(cancellationToken)).CaughtUp(cancellationToken);
            GC.Collect(generation: 1);
            var result = await load.Run(requests, scale.LatencyTime, rate, cancellationToken);
            var sorted = result.LatenciesMs.Order().ToArray();
            offered.Values.Add(result.Payments / result.Elapsed.TotalSeconds);
            for (var i = 0; i < figures.Length; i++)
                figures[i].Values.Add(sorted[(int)(sorted.Length * Quantiles[i].Quantile)]);
        }

        results.Add([offered, .. figures]);
    }

    private static async Task<double> Peak(HttpLoad load, PaymentRequests requests, BenchScale scale, CancellationToken cancellationToken)
    {
        await load.Run(requests, scale.HttpTime * 3, ratePerSecond: null, cancellationToken);
        var result = await load.Run(requests, scale.HttpTime * 2, ratePerSecond: null, cancellationToken);
        return result.Payments / result.Elapsed.TotalSeconds;
    }
}
