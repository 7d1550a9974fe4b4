using Grains.Checkout;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Ledger;

namespace Silo.Embedded;

/// <summary>What acquirers were asked when the last process ended is asked for at the start, not when it falls due.</summary>
internal sealed partial class UnresolvedAttempts(ILedgerReader reader, IGrains grains, ILogger<UnresolvedAttempts> logger)
{
    private const int PageLength = 500;

    public async Task Ask(CancellationToken cancellationToken)
    {
        try
        {
            DueItem? last = null;
            IReadOnlyList<DueItem> page;
            do
            {
                page = await reader.Due(long.MaxValue, PageLength, last);
                foreach (var item in page.Where(static item => item.Kind == DueKind.Resolve))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await grains.Get<IMerchantGrain>(item.Grain).DoDue(new DueCall(item.Kind, item.Id, item.AtMs));
                }

                last = page.Count == 0 ? null : page[^1];
            }
            while (page.Count == PageLength);
        }
        catch (Exception exception)
        {
            // They fall due all the same, and the sweeper hands them over then.
            AskedLater(logger, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Attempts of the last process are asked for when they fall due.")]
    private static partial void AskedLater(ILogger logger, Exception exception);
}
