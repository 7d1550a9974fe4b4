using Bench.Engine;

namespace Bench.Http;

/// <summary>Who is asked.</summary>
internal enum HttpTarget
{
    /// <summary>The product without fraud decisions.</summary>
    Product = 1,

    /// <summary>The product with every rule on: each payment is judged, and its decision recorded.</summary>
    JudgingProduct = 2,

    /// <summary>An endpoint that answers the same JSON at once.</summary>
    Echo = 3,
}

/// <summary>Single payments over HTTP on 64 connections: the same requests, whoever is asked.</summary>
internal sealed class HttpContender(HttpHosts hosts, BenchScale scale, HttpTarget target) : IContender
{
    private readonly PaymentRequests requests = new(target == HttpTarget.Echo ? "/echo" : "/payments", HttpHost.ApiKey, BenchScale.HttpConnections);
    private HttpLoad? load;

    public string Name => target switch
    {
        HttpTarget.Product => "http",
        HttpTarget.JudgingProduct => "http_judged",
        HttpTarget.Echo => "echo",
    };

    public string Title => target switch
    {
        HttpTarget.Product => "HTTP POST /payments, 64 connections",
        HttpTarget.JudgingProduct => "HTTP POST /payments, judged by all rules and a model",
        HttpTarget.Echo => "HTTP echo of the same JSON, 64 connections",
    };

    public async Task Prepare(CancellationToken cancellationToken)
    {
        var host = target switch
        {
            HttpTarget.Product => await hosts.Product(cancellationToken),
            HttpTarget.JudgingProduct => await hosts.Judging(cancellationToken),
            HttpTarget.Echo => await hosts.Echo(),
        };
        load = new HttpLoad(host.Address, BenchScale.HttpConnections);
        await WarmUp.Run(scale.WarmUpPasses, () => Pay(scale.HttpTime, cancellationToken), cancellationToken);
    }

    public Task<Sample> Measure(CancellationToken cancellationToken) => Pay(scale.HttpTime, cancellationToken);

    public ValueTask DisposeAsync()
    {
        load?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Sample> Pay(TimeSpan time, CancellationToken cancellationToken)
    {
        var cpu = CpuTime.OfThisProcess();
        var result = await load!.Run(requests, time, ratePerSecond: null, cancellationToken);
        var sample = new Sample(result.Payments, result.Elapsed, CpuTime.OfThisProcess() - cpu - result.OwnCpu);
        // What the ledger still has to do is not the next one's burden.
        if (target != HttpTarget.Echo)
            await (await Engine(cancellationToken)).CaughtUp(cancellationToken);
        return sample;
    }

    private Task<EngineHost> Engine(CancellationToken cancellationToken) => target == HttpTarget.JudgingProduct ? hosts.JudgingEngine(cancellationToken) : hosts.Engine(cancellationToken);
}
