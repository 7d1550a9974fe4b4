using Grains.Fraud;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Ledger;
using Ledger.Sealing;

namespace Simulation;

/// <summary>Holds every recorded fraud decision to what became of its payment, and to what the rules make of its recorded values again, byte for byte.</summary>
internal static class DecisionChecker
{
    public static void Check(LogRow row, ILedgerReader reader)
    {
        if (row.Payment != row.Id || row.Type is not (EventType.PaymentSettled or EventType.PaymentRejected or EventType.PaymentHeld or EventType.PaymentCreated) || PaymentData.Decode(row.Data).ReturnOf is not null)
            return;
        var recorded = Recorded(row, reader);
        var expected = row switch
        {
            { Type: EventType.PaymentHeld } => RiskOutcome.Review,
            { Reason: Grains.Interfaces.Values.Reason.RiskRefused } => RiskOutcome.Decline,
            { Type: EventType.PaymentRejected } => default(RiskOutcome?),
            _ => RiskOutcome.Approve,
        };
        if (recorded.Length == 0)
        {
            if (expected is not null)
                throw Violated(row, "is recorded without a decision");
            return;
        }

        var decision = RiskDecisionCodec.Decode(recorded);
        if (decision.Outcome != expected || decision.DecidedAtMs != row.TimeMs)
            throw Violated(row, $"was decided {decision.Outcome} at {decision.DecidedAtMs}");
        var again = RiskDecider.Decide(Owner.Rules, null, new FeatureVector([.. decision.Values]), decision.Facts, decision.DecidedAtMs, decision.FellBack);
        if (!RiskDecisionCodec.Encode(again).AsSpan().SequenceEqual(recorded))
            throw Violated(row, "is decided otherwise by what is recorded with it");
    }

    private static byte[] Recorded(LogRow row, ILedgerReader reader)
    {
        if (row.Sealed is null)
            return [];
        var account = Checker.Now(reader.FindAccount(row.Debtor)) ?? throw Violated(row, "is of an account that is not there");
        using var key = Owner.MasterKey.Unwrap(account.WrappedDataKey!);
        return PersonalFieldsCodec.RiskDecisionOf(key.Open(row.Id, row.Sealed)).ToArray();
    }

    private static InvariantViolatedException Violated(LogRow row, string what) => new($"Payment {row.Id} ({row.Type}, reason {row.Reason}) {what}.");
}
