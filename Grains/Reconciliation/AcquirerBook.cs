using Grains.Acquirers;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Reconciliation;

namespace Grains.Reconciliation;

/// <summary>Our books against an acquirer's: what each says of one call.</summary>
internal static class AcquirerBook
{
    /// <summary>Whether there is anybody who knows of the call for sure. Where there is not, the books neither agree nor disagree.</summary>
    public static bool CanBeAsked(IReadOnlyDictionary<string, IAcquirer> acquirers, EndedAttempt ours) => acquirers.TryGetValue(ours.Acquirer, out var acquirer) && acquirer.FindsEveryCall;

    /// <param name="acquirer">The call's own, which can be asked.</param>
    /// <param name="nowMs">Product time in milliseconds since 1970.</param>
    /// <returns>What does not agree; null where all does.</returns>
    /// <exception cref="AcquirerSilentException">It did not answer: to be asked again.</exception>
    public static async Task<ReconciliationBreak?> Compare(IAcquirer acquirer, EndedAttempt ours, long nowMs, CancellationToken cancellationToken)
    {
        var asked = new AcquirerRequest(ours.Key, ours.Operation, ours.Amount, "", null, null, Final: false, OffSession: false, Prepared: false, Authenticated: false, WantsChallenge: false);
        var theirs = await acquirer.Find(asked, cancellationToken);
        var isDone = theirs?.Outcome == AcquirerOutcome.Approved;
        var operation = ours.Operation.ToString().ToLowerInvariant();
        if (ours.IsBooked && theirs is null)
            return Break(BreakKind.AcquirerMissing, $"We booked {ours.Amount} for this {operation}; the acquirer knows nothing of it.");
        if (ours.IsBooked != isDone)
            return Break(BreakKind.AcquirerOutcome, ours.IsBooked ? $"We booked {ours.Amount} for this {operation}; the acquirer refused it." : $"The acquirer did this {operation}{(theirs?.Amount is { } done ? $" over {done}" : "")}; we booked nothing.");
        if (ours is { IsBooked: true, Operation: not AcquirerOperation.Void } && theirs?.Amount is { } amount && amount != ours.Amount)
            return Break(BreakKind.AcquirerAmount, $"We booked {ours.Amount} for this {operation}; the acquirer says {amount}.");
        return null;

        ReconciliationBreak Break(BreakKind kind, string detail) => new(kind, ours.Key, detail, nowMs) { Attempt = ours };
    }
}
