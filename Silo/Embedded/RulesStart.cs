using Grains.Fraud.RuleBook;

namespace Silo.Embedded;

/// <summary>Reads the fraud rules, lists and model before the server takes its first request: hosted services start before it does.</summary>
internal sealed class RulesStart(RulesInForce rules) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => rules.Begin();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
