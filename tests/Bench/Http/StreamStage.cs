namespace Bench.Http;

/// <summary>
/// Latency of single payments at a bank's steady rate, with fraud judged, in turn with and without analysts' subscribers of the
/// fraud stream in the same machine. Each subscriber must have had every event, in order.
/// </summary>
internal sealed class StreamStage(HttpHosts hosts) : IStage
{
    public const int Subscribers = 50;

    private const double RatePerSecond = 300;

    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(10);

    public async Task Run(BenchScale scale, Results results, BenchProgress progress, CancellationToken cancellationToken)
    {
        progress.Say($"stream: {Subscribers} subscribers");
        var server = await hosts.Judging(cancellationToken);
        var requests = new PaymentRequests("/payments", HttpHost.ApiKey, BenchScale.HttpConnections);
        using var load = new HttpLoad(server.Address, BenchScale.HttpConnections);
        var none = new Figure("p99_without_stream", $"HTTP latency at {RatePerSecond} payments/s, p99", "ms");
        var some = new Figure("p99_with_stream", $"the same with {Subscribers} subscribers of the fraud stream", "ms");
        // Compiled for good: closed loops, without and with subscribers.
        await load.Run(requests, TimeSpan.FromSeconds(4), null, cancellationToken);
        await Measure(load, requests, server, TimeSpan.FromSeconds(4), cancellationToken);
        for (var round = 1; round <= scale.Rounds; round++)
        {
            progress.Step($"stream: round {round} of {scale.Rounds}");
            // Whatever goes first in a round goes second in the next.
            for (var turn = 0; turn < 2; turn++)
            {
                await (await hosts.JudgingEngine(cancellationToken)).CaughtUp(cancellationToken);
                GC.Collect(generation: 1);
                if ((round + turn) % 2 == 0)
                    none.Values.Add(P99(await load.Run(requests, RoundTime, RatePerSecond, cancellationToken)));
                else
                    some.Values.Add(P99(await Measure(load, requests, server, RoundTime, cancellationToken)));
            }
        }

        results.Add([none, some]);
    }

    private static async Task<LoadResult> Measure(HttpLoad load, PaymentRequests requests, HttpHost server, TimeSpan time, CancellationToken cancellationToken)
    {
        var subscribers = new List<StreamSubscriber>(Subscribers);
        try
        {
            for (var i = 0; i < Subscribers; i++)
                subscribers.Add(await StreamSubscriber.Open(server.Address, cancellationToken));
            var result = await load.Run(requests, time, RatePerSecond, cancellationToken);
            foreach (var subscriber in subscribers)
                await subscriber.Seen(result.Payments, cancellationToken);
            return result;
        }
        finally
        {
            foreach (var subscriber in subscribers)
                await subscriber.DisposeAsync();
        }
    }

    private static double P99(LoadResult result) => result.LatenciesMs.Order().ElementAt(result.LatenciesMs.Count * 99 / 100);
}
