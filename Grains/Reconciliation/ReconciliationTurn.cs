using Ledger;

namespace Grains.Reconciliation;

/// <summary>
/// Which process reconciles, of those on one ledger: whoever renews its note in the registry. One that sees the same note for long takes
/// over. No clocks are compared: each measures how long it saw no change. For a moment two may have the turn, and do the same twice.
/// </summary>
/// <param name="isShared">Whether there may be others.</param>
internal sealed class ReconciliationTurn(IRegistry registry, bool isShared, TimeProvider machine)
{
    private const string Setting = "reconciliation.turn";

    /// <summary>A note that was not renewed for so long is nobody's.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(5);

    /// <summary>Of several that write at once, the last one has it: all look again after so long.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private readonly string holder = Guid.NewGuid().ToString("N");
    private string? seen;
    private long seenAt;
    private bool hasLooked;
    private string? own;
    private int renewed;

    /// <exception cref="LedgerStoreException">The registry cannot be asked for now.</exception>
    public async Task<bool> IsOurs(CancellationToken cancellationToken)
    {
        if (!isShared || (own is not null && machine.GetElapsedTime(seenAt) < RenewEvery))
            return true;
        var now = registry.ReadSetting(Setting);
        if (own is not null && now == own)
        {
            Note();
            return true;
        }

        if (!hasLooked || now != seen || own is not null)
        {
            // Somebody else's, and new to us.
            (hasLooked, seen, seenAt, own) = (true, now, machine.GetTimestamp(), null);
            if (now is not null)
                return false;
        }

        if (now is not null && machine.GetElapsedTime(seenAt) < Patience)
            return false;
        Note();
        await Task.Delay(Settling, machine, cancellationToken);
        if (registry.ReadSetting(Setting) == own)
            return true;
        (own, hasLooked) = (null, false);
        return false;
    }

    private void Note()
    {
        own = $"{holder}:{++renewed}";
        registry.WriteSetting(Setting, own);
        seenAt = machine.GetTimestamp();
    }
}
