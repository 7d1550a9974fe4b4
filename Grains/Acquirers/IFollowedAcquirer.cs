namespace Grains.Acquirers;

/// <summary>
/// An acquirer at which what was taken may change later: cardholders dispute it, refunds fail. It is asked what became of it, beside the
/// calls that somebody waits for: silence here says nothing of those.
/// </summary>
public interface IFollowedAcquirer
{
    /// <summary>
    /// Disputes that were opened from then on are taken over, in seconds since 1970, and may be a time to come: older ones were booked by hand.
    /// Null where none is taken over.
    /// </summary>
    long? Since { get; }

    /// <summary>The disputes that were opened from then on.</summary>
    /// <param name="created">Seconds since 1970.</param>
    /// <exception cref="AcquirerSilentException">No answer came.</exception>
    IAsyncEnumerable<AcquirerDispute> DisputesSince(long created, CancellationToken cancellationToken);

    /// <summary>A dispute as it is now; null where there is none of this name.</summary>
    /// <exception cref="AcquirerSilentException">No answer came.</exception>
    Task<AcquirerDispute?> FindDispute(string reference, CancellationToken cancellationToken);

    /// <summary>A refund as it is now; null where there is none under this key.</summary>
    /// <exception cref="AcquirerSilentException">No answer came.</exception>
    Task<AcquirerAnswer?> FindRefund(AcquirerRequest request, CancellationToken cancellationToken);
}

/// <summary>A dispute at an acquirer. Minor units; seconds since 1970; reasons and statuses in Stripe's words.</summary>
/// <param name="Reference">The acquirer's name of it.</param>
/// <param name="Key">An attempt of ours at the money that is disputed; null where none was.</param>
/// <param name="Authorization">The acquirer's name of what was taken.</param>
public sealed record AcquirerDispute(string Reference, string? Key, string? Authorization, long Amount, string Currency, string Reason, string Status, long Created)
{
    /// <summary>Until when it can be answered; null where it cannot.</summary>
    public long? DueBy { get; init; }

    public bool HasEvidence { get; init; }

    public bool PastDue { get; init; }

    public long SubmissionCount { get; init; }

    /// <summary>Whether it took money at the acquirer, which may have come back.</summary>
    public bool WasWithdrawn { get; init; }
}
