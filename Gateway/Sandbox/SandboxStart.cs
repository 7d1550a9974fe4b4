using Gateway.Health;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Gateway.Sandbox;

/// <summary>Makes the sandbox while the server already answers: ready only once it is there.</summary>
internal sealed class SandboxStart(SandboxSeed seed, Readiness readiness, IOptions<GatewayOptions> options) : BackgroundService
{
    private const string Missing = "the sandbox's accounts";

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Sandbox)
            readiness.Expect(Missing);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Sandbox)
            return;
        await seed.Run(stoppingToken);
        readiness.Have(Missing);
    }
}
