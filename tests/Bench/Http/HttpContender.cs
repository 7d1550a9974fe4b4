namespace Bench.Http;

/// <summary>Single payments over HTTP on 64 connections, to the product or to the echo endpoint.</summary>
internal sealed class HttpContender(HttpHosts hosts, BenchScale scale, bool isEcho) : IContender
{
    private readonly PaymentRequests requests = new(isEcho ? "/echo" : "/payments", HttpHost.ApiKey, BenchScale.HttpConnections);
    private HttpLoad? load;

    public string Name => isEcho ? "echo" : "http";

    public string Title => isEcho ? "HTTP echo of the same JSON, 64 connections" : "HTTP POST /payments, 64 connections";

    public async Task Prepare(CancellationToken cancellationToken)
    {
        var host = isEcho ? await hosts.Echo() : await hosts.Product(cancellationToken);
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
        if (!isEcho)
            await (await hosts.Engine(cancellationToken)).CaughtUp(cancellationToken);
        return sample;
    }
}
