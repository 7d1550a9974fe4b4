using System.Globalization;
using Grains.Acquirers;
using Ledger;
using Microsoft.Extensions.Logging;

namespace Grains.Checkout;

/// <summary>
/// Finds disputes that nobody told of: it asks an acquirer for those opened since a durable time, and tells of each. Telling twice is
/// telling once, so several processes may look, and a day is looked at again: what was opened may show late.
/// </summary>
/// <param name="tell">False where it is to be told again.</param>
public sealed partial class DisputeRun(IFollowedAcquirer acquirer, IRegistry registry, Func<AcquirerDispute, Task<bool>> tell, ILogger<DisputeRun> logger)
{
    private const string SinceSetting = "acquirer.disputes.since.";
    private const long OverlapSeconds = 24 * 3600;

    private HashSet<string> told = [];

    /// <exception cref="AcquirerSilentException">The acquirer does not answer for now.</exception>
    /// <exception cref="LedgerStoreException">The ledger does not answer for now.</exception>
    public async Task Look(CancellationToken cancellationToken)
    {
        var first = acquirer.Since!.Value;
        // Another beginning is another list.
        var name = SinceSetting + first.ToString(CultureInfo.InvariantCulture);
        var since = registry.ReadSetting(name) is { } setting ? long.Parse(setting, CultureInfo.InvariantCulture) : first;
        var (newest, oldestUntold, toldNow) = (since, long.MaxValue, new HashSet<string>());
        await foreach (var dispute in acquirer.DisputesSince(Math.Max(first, since - OverlapSeconds), cancellationToken))
        {
            newest = Math.Max(newest, dispute.Created);
            if (told.Contains(dispute.Reference) || await Tell(dispute, cancellationToken))
                toldNow.Add(dispute.Reference);
            else
                oldestUntold = Math.Min(oldestUntold, dispute.Created);
        }

        told = toldNow;
        // From what was not taken over yet it goes on.
        if (Math.Min(newest, oldestUntold) is var next && next > since)
            registry.WriteSetting(name, next.ToString(CultureInfo.InvariantCulture));
    }

    private async Task<bool> Tell(AcquirerDispute dispute, CancellationToken cancellationToken)
    {
        try
        {
            return await tell(dispute);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The others are not to wait for it.
            NotTaken(logger, dispute.Reference, exception);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The acquirer's dispute {Dispute} could not be taken over; it is tried again.")]
    private static partial void NotTaken(ILogger logger, string dispute, Exception exception);
}
