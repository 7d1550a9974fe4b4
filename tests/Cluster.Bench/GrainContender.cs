using Bench;
using Bench.Engine;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Silo.Cluster;

namespace Cluster.Bench;

/// <summary>Payments without HTTP: this process is a client of two silos, as a gateway is, and calls the debtor's grain.</summary>
internal sealed class GrainContender(ClusterLedgers ledgers, BenchScale scale) : IContender
{
    private const int Silos = 2;

    private static readonly Money Amount = new(EngineAccounts.Amount, Currency.Usd);
    private static readonly PersonalFields Personal = new() { RemittanceInfo = EngineText.RemittanceInfo, DeviceId = EngineText.DeviceId };

    private readonly ClusterGrains grains = new(new ClusterGrainsOptions(), TimeProvider.System);
    private ProductProcesses? product;
    private WebApplication? client;
    private Callers? callers;

    public string Name => "cluster_grain";

    public string Title => $"payments from grain to grain, {Silos} silos on PostgreSQL, {callers?.Count} callers";

    public async Task Prepare(CancellationToken cancellationToken)
    {
        product = await ProductProcesses.StartCluster(ledgers, "grain", Silos, gateway: false, cancellationToken);
        client = await Join(product.Ledger, cancellationToken);
        callers = new Callers(Pay, () => product.Cpu);
        await callers.Prepare(scale, cancellationToken);
    }

    public Task<Sample> Measure(CancellationToken cancellationToken) => callers!.Run(scale.PeerTime, cancellationToken);

    public async Task Check(CancellationToken cancellationToken)
    {
        await client!.StopAsync(cancellationToken);
        await product!.Check(callers!.Acknowledged, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (client is not null)
            await client.DisposeAsync();
        if (product is not null)
            await product.DisposeAsync();
        grains.Dispose();
    }

    // A gateway without its endpoints: the same client, with the same settings.
    private async Task<WebApplication> Join(string ledger, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddCluster(new ClusterSettings { Role = ClusterRole.Gateway }, grains, ClusterHosting.Database(ledger));
        var application = builder.Build();
        await application.StartAsync(cancellationToken);
        grains.Join(application.Services.GetRequiredService<IGrainFactory>());
        return application;
    }

    private async Task Pay(int debtor, int creditor)
    {
        var instruction = new PaymentInstruction
        {
            Tenant = EngineAccounts.Tenant,
            Debtor = ledgers.Creditors[debtor].Id,
            Creditor = ledgers.Creditors[creditor],
            Amount = Amount,
            Key = new IdempotencyKey(EngineAccounts.RandomKey()),
            RequestHash = EngineAccounts.RandomKey(),
            Personal = Personal,
        };
        var answer = await grains.Get<IAccountGrain>(instruction.Debtor.Value).Submit(instruction);
        if (answer.Payment?.Status != PaymentStatus.Settled)
            throw new InvalidOperationException($"A payment was not settled: {answer}.");
    }
}
