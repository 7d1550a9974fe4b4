using Gateway.Checkout;
using Grains.Checkout;

namespace Silo.Embedded;

/// <summary>Asks the acquirer for disputes now and then, in processes that hand over due work.</summary>
internal sealed partial class DisputesStart(EmbeddedEdition edition, IServiceProvider services, ILogger<DisputesStart> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!edition.HandsOverDueWork || edition.Checkout.Followed is not { } acquirer)
            return;
        var every = services.GetRequiredService<IConfiguration>().AcquirerOptions().DisputesEveryMs;
        var notices = services.GetRequiredService<AttemptNotices>();
        var run = new DisputeRun(acquirer, edition.Registry, dispute => notices.Tell(dispute.Key, dispute.Reference), services.GetRequiredService<ILogger<DisputeRun>>());
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(every));
        do
        {
            try
            {
                await run.Look(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LookFailed(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(1, LogLevel.Warning, "The acquirer was asked for disputes in vain; it is asked again.")]
    private static partial void LookFailed(ILogger logger, Exception exception);
}
