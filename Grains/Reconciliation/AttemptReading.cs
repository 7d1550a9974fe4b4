using System.Text.Json;
using Grains.Checkout;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Reconciliation;
using Ledger;
using Ledger.Documents;

namespace Grains.Reconciliation;

/// <summary>
/// Calls of acquirers as one shard's log tells of them: a document that waits for one, and later the same document that does not any more.
/// What our books made of the call is the difference between the two states.
/// </summary>
internal sealed class AttemptReading
{
    /// <summary>Calls that are followed at a time; one that begins beyond it is not.</summary>
    private const int MostFollowed = 100_000;

    private readonly Dictionary<long, Begun> begun = [];

    /// <summary>A call that has not ended.</summary>
    /// <param name="Done">What had been captured, or was held, before it.</param>
    private sealed record Begun(Attempt Attempt, long Done, long Position, long TimeMs);

    /// <summary>The calls that ended with this entry, and where each began.</summary>
    public IEnumerable<(EndedAttempt Attempt, long Began)> Read(LogRow row, IReadOnlyList<DocumentState> frame)
    {
        foreach (var state in frame)
        {
            if ((DocumentKind)state.Kind is not (DocumentKind.PaymentIntent or DocumentKind.Refund) || state.Private.IsEmpty)
                continue;
            var attempt = AttemptOf(state);
            if (attempt is null && !begun.ContainsKey(state.Number))
                continue;
            var document = CheckoutDocument.Read(state);
            if (begun.TryGetValue(state.Number, out var before) && before.Attempt.Key != attempt?.Key)
            {
                begun.Remove(state.Number);
                if (Ended(before, document, frame) is { } ended)
                    yield return (ended, before.Position);
            }

            if (attempt is not null && begun.Count < MostFollowed)
                begun.TryAdd(state.Number, new Begun(attempt, Done(document, attempt.Operation), row.Position, row.TimeMs));
        }
    }

    /// <summary>After an entry that cannot be read, nothing is known of the calls of its documents; how many there were.</summary>
    public int Forget(IReadOnlyList<DocumentState> frame)
    {
        var forgotten = 0;
        foreach (var state in frame)
            if (begun.Remove(state.Number))
                forgotten++;
        return forgotten;
    }

    /// <summary>From where on the log is to be read again for what began since a time and has not ended.</summary>
    public long OldestSince(long sinceMs, long place) => begun.Values.Where(each => each.TimeMs >= sinceMs).Aggregate(place, static (oldest, each) => Math.Min(oldest, each.Position - 1));

    private static Attempt? AttemptOf(DocumentState state) => (DocumentKind)state.Kind == DocumentKind.Refund
        ? JsonSerializer.Deserialize(state.Private.Span, StoredJson.Default.RefundRecord)!.Attempt
        : JsonSerializer.Deserialize(state.Private.Span, StoredJson.Default.IntentRecord)!.Attempt;

    private static long Done(CheckoutDocument document, AcquirerOperation operation) => document.Private is IntentRecord record && operation == AcquirerOperation.Increase
        ? record.Held
        : document.Public is PaymentIntent intent ? intent.AmountReceived : 0;

    private static EndedAttempt? Ended(Begun before, CheckoutDocument after, IReadOnlyList<DocumentState> frame)
    {
        var attempt = before.Attempt;
        var amount = attempt.Operation switch
        {
            AcquirerOperation.Authorize => Charged(after, frame),
            AcquirerOperation.Capture or AcquirerOperation.Increase => Done(after, attempt.Operation) - before.Done,
            AcquirerOperation.Refund => after.Public is Refund { BalanceTransaction: not null } refund ? refund.Amount : 0,
            AcquirerOperation.Void => after.Public is PaymentIntent { Status: not IntentStatus.RequiresCapture } ? attempt.Amount : 0,
            // No money is asked for.
            AcquirerOperation.Verify or AcquirerOperation.Answer or AcquirerOperation.Concede => 0,
        };
        var isBooked = attempt.Operation == AcquirerOperation.Void ? after.Public is PaymentIntent { Status: not IntentStatus.RequiresCapture } : amount != 0;
        // An increase that was answered after the hold's end is not booked, whatever was answered: what is held there is released.
        return attempt.Operation == AcquirerOperation.Verify || (attempt.Operation == AcquirerOperation.Increase && !isBooked)
            ? null
            : new EndedAttempt(attempt.Acquirer, attempt.Key, attempt.Operation, isBooked, amount);
    }

    // Its charge was made by the same entry; where there is none, the cardholder was asked for more.
    private static long Charged(CheckoutDocument intent, IReadOnlyList<DocumentState> frame)
    {
        var id = ((PaymentIntent)intent.Public).Id;
        foreach (var state in frame)
            if (state is { Kind: (byte)DocumentKind.Charge, Version: 1 } && JsonSerializer.Deserialize(state.Public.Span, StoredJson.Default.Charge) is { Paid: true } charge && charge.PaymentIntent == id)
                return charge.Amount;
        return 0;
    }
}
