namespace Silo.Embedded;

/// <summary>Brings the model that an earlier release had in force on this machine into the ledger, at the first start that finds none there.</summary>
internal sealed class ModelsStart(RiskModels models) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => models.CarryOver();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
