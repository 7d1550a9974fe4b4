using System.Net;
using Bench;
using Bench.Engine;
using Bench.Http;

namespace Cluster.Bench;

/// <summary>Single payments over HTTP on 64 connections, the same requests whichever edition is asked.</summary>
/// <param name="silos">Behind a gateway; 0: the embedded edition, in one process.</param>
internal sealed class HttpContender(ClusterLedgers ledgers, BenchScale scale, int silos) : IContender
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly PaymentRequests requests = new("/payments", HttpHost.ApiKey, BenchScale.HttpConnections);
    private ProductProcesses? product;
    private long acknowledged;

    public string Name => silos == 0 ? "embedded_http" : "cluster_http";

    public string Title => silos == 0
        ? "HTTP POST /payments, embedded edition on PostgreSQL, 64 connections"
        : $"HTTP POST /payments, gateway and {silos} silos on PostgreSQL, 64 connections";

    public async Task Prepare(CancellationToken cancellationToken)
    {
        product = silos == 0
            ? await ProductProcesses.StartEmbedded(ledgers, cancellationToken)
            : await ProductProcesses.StartCluster(ledgers, "http", silos, gateway: true, cancellationToken);
        await Pay(new EachDebtorOnce(), Patience, cancellationToken);
        await Settling.Run(scale.WarmUpPasses, () => Measure(cancellationToken));
    }

    public Task<Sample> Measure(CancellationToken cancellationToken) => Pay(requests, scale.HttpTime, cancellationToken);

    public Task Check(CancellationToken cancellationToken) => product!.Check(acknowledged, cancellationToken);

    public ValueTask DisposeAsync() => product?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<Sample> Pay(IRequests requests, TimeSpan time, CancellationToken cancellationToken)
    {
        // Connections of an earlier round may have waited longer than a server keeps them.
        using var load = new HttpLoad(new IPEndPoint(IPAddress.Loopback, product!.Url.Port), BenchScale.HttpConnections);
        var cpu = product.Cpu;
        var result = await load.Run(requests, time, ratePerSecond: null, cancellationToken);
        acknowledged += result.Payments;
        return new Sample(result.Payments, result.Elapsed, product.Cpu - cpu - result.OwnCpu);
    }

    /// <summary>Wakes every account's grain: that is not what a payment costs.</summary>
    private sealed class EachDebtorOnce : IRequests
    {
        private readonly PaymentRequests requests;
        private int next;

        public EachDebtorOnce() => requests = new("/payments", HttpHost.ApiKey, BenchScale.HttpConnections, random => AccountPairs.From(next++, random));

        public int PaymentsARequest => 1;

        public ReadOnlyMemory<byte> Next(int connection) => next < BenchScale.Accounts ? requests.Next(connection) : default;

        public bool IsRight(in Answer answer) => requests.IsRight(answer);
    }
}
