using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Ledger;

namespace Grains.Fraud.Model.Training;

/// <summary>Why a payment is taken for fraud or for good.</summary>
public enum LabelSource : byte
{
    /// <summary>An analyst said so, and the case is closed.</summary>
    Case = 1,

    /// <summary>It was returned for fraud: FR01.</summary>
    Return = 2,

    /// <summary>It went through, and nobody said anything for the label delay.</summary>
    Silence = 3,
}

/// <summary>What a payment turned out to be.</summary>
/// <param name="KnownMs">Since when that is known.</param>
public readonly record struct LedgerLabel(bool IsFraud, LabelSource Source, long KnownMs);

/// <summary>
/// What a ledger's log says of its payments, read row by row in its order: closed cases with a label, and returns for fraud; the later
/// word counts. A payment with an open case, one that was refused or stopped without a word: nobody knows what it was.
/// </summary>
public sealed class LedgerLabels
{
    /// <summary>ISO 20022's return reason for fraud.</summary>
    public const string FraudReturn = "FR01";

    private readonly Dictionary<long, State> states = [];

    public void Read(LogRow row)
    {
        if (CaseRow.Read(row) is { } read)
        {
            var before = states.GetValueOrDefault(read.Payment);
            var after = before with { HasCase = true, Resolution = read.Resolution, CaseLabel = read.Label };
            // The same label again, as with a note on the case, is no news.
            if (read is { Resolution: not null, Label: { } label } && (before.Resolution is null || before.CaseLabel != label))
                after = after with { Said = new LedgerLabel(label == CaseLabel.ConfirmedFraud, LabelSource.Case, row.TimeMs) };
            states[read.Payment] = after;
        }
        else if (row.Type == EventType.PaymentReturned && PaymentData.Decode(row.Data).ReturnReason == FraudReturn)
        {
            states[row.Payment] = states.GetValueOrDefault(row.Payment) with { Said = new LedgerLabel(true, LabelSource.Return, row.TimeMs) };
        }
    }

    /// <summary>What a payment turned out to be; null where nobody knows.</summary>
    /// <param name="first">The payment's first row.</param>
    /// <param name="delayMs">How long silence lasts until it says that a payment was good.</param>
    public LedgerLabel? Of(LogRow first, RiskDecision decision, long delayMs)
    {
        var state = states.GetValueOrDefault(first.Payment);
        if (state.Said is { } said)
            return said with { KnownMs = Math.Max(said.KnownMs, decision.DecidedAtMs) };
        var wentThrough = state.HasCase ? state.Resolution == CaseResolution.Released : decision.Outcome == RiskOutcome.Approve && first.Type != EventType.PaymentRejected;
        return wentThrough ? new LedgerLabel(false, LabelSource.Silence, decision.DecidedAtMs + delayMs) : null;
    }

    private readonly record struct State(bool HasCase, CaseResolution? Resolution, CaseLabel? CaseLabel, LedgerLabel? Said);
}
