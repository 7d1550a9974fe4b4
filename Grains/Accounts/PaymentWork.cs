using System.Buffers;
using System.Diagnostics;
using Grains.Fraud;
using Grains.Fraud.Entities;
using Grains.Fraud.Features;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Sealing;
using Ledger.Shards;

namespace Grains.Accounts;

/// <summary>A credit transfer that this account is to pay.</summary>
/// <param name="transit">The account by which the money leaves this shard; 0 where the creditor is here.</param>
/// <param name="risk">Null where risk is not judged.</param>
internal sealed class PaymentWork(PaymentInstruction instruction, byte[]? creditorKey, Func<long> newId, long transit = 0, RiskDesk? risk = null)
    : Work(instruction.Key, instruction.RequestHash, newId())
{
    // A thread decides one payment at a time, and its decision is sealed before the next.
    [ThreadStatic]
    private static FeatureVector? features;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? clear;

    private readonly byte[]? clearCreditor = PersonalFieldsCodec.EncodeCreditorPart(instruction.Personal);
    private readonly string? trace = JourneyTrace.Here;
    private byte[]? secretCreditor;
    private Decision decision;
    private PayerAttempt? attempt;
    private bool isReview;
    private long caseNumber;
    private long caseRow;
    private long timeMs;

    public PaymentInstruction Instruction => instruction;

    /// <summary>What others know of it, asked for before it is decided.</summary>
    public Surroundings Around { get; set; } = Surroundings.None;

    private PayerAttempt Attempt => attempt ??= risk!.Attempt(instruction, Around);

    /// <summary>Whether the money goes to another shard.</summary>
    public bool IsTransfer => transit != 0;

    public bool IsApproved => decision.Rejection is null;

    /// <summary>Whether an analyst is to look first.</summary>
    public bool IsHeld => IsApproved && isReview;

    public override JournalEntry? Decide(AccountState? state, AccountEntries entries, long nowMs)
    {
        if (state is null)
        {
            Refusal = Refusal.UnknownAccount;
            return null;
        }

        timeMs = nowMs;
        // What only the commit could see, the last refusal tells.
        decision = Refusal == Refusal.CounterOverflow
            ? Decision.Rejected(Reason.NotAllowedAmount, "The creditor account cannot hold that much.")
            : PaymentDecision.Decide(state, instruction.Amount, instruction.Creditor.Closed || Refusal == Refusal.CreditorClosed, nowMs);
        var began = Stopwatch.GetTimestamp();
        var judged = Judge(state, nowMs);
        var took = (int)Math.Min(int.MaxValue, Stopwatch.GetElapsedTime(began).Ticks / TimeSpan.TicksPerMicrosecond);
        // Sealed at each decision: the account that was believed to be open may be another one's, under another key.
        var writer = clear ??= new ArrayBufferWriter<byte>(2 * RiskDecisionCodec.UsualSize);
        // Whatever failed before: nothing of another payment may be sealed with this one.
        writer.ResetWrittenCount();
        PersonalFieldsCodec.WriteDebtorPart(writer, instruction.Personal, judged is null ? default : RiskDecisionCodec.Encode(judged, stackalloc byte[RiskDecisionCodec.UsualSize]), took);
        var secret = entries.Seal(state.WrappedDataKey, RowId, writer.WrittenSpan, again: risk is not null && Decisions > 1);
        writer.Clear();
        secretCreditor ??= entries.SealForOther(creditorKey, RowId, clearCreditor);
        var row = new LogRow
        {
            Id = RowId,
            Type = !IsApproved ? EventType.PaymentRejected : IsHeld ? EventType.PaymentHeld : IsTransfer ? EventType.PaymentCreated : EventType.PaymentSettled,
            TimeMs = nowMs,
            Tenant = instruction.Tenant,
            Payment = RowId,
            Version = 1,
            Kind = !IsApproved ? TransferKind.None : IsHeld ? TransferKind.Hold : TransferKind.Posted,
            Debtor = state.Number,
            Creditor = IsTransfer ? transit : instruction.Creditor.Number,
            Amount = instruction.Amount.MinorUnits,
            Currency = instruction.Amount.Currency,
            Key = Key,
            RequestHash = RequestHash,
            Reason = decision.Rejection ?? 0,
            ExpiresAtMs = IsHeld ? ExpiresAt(nowMs) : 0,
            Data = decision.Detail is null && instruction.Uetr is null && !IsTransfer && trace is null ? null : new PaymentData(instruction.Uetr, decision.Detail, Creditor: IsTransfer ? instruction.Creditor.Id : null, Trace: trace).Encode(),
            Sealed = secret,
            SealedCreditor = secretCreditor,
        };
        if (IsHeld)
            return Held(state, entries, row, judged!, nowMs);
        return entries.Entry(state, row, references: References(entries.References), dueAdded: IsTransfer && IsApproved ? [TransferDue.Of(state.Id, RowId, nowMs)] : null);
    }

    public override AccountState? Apply(AccountState? state)
    {
        state!.Version++;
        if (!IsApproved)
        {
            state.History?.Reject(RowId, timeMs);
            return state;
        }

        if (state.History is { } history && risk is not null)
            history.Accept(new PayerItem(RowId, timeMs, Attempt.Amount, Attempt.Counterparty, Attempt.Place, Attempt.Device));
        if (IsHeld)
            state.DebitsPending += instruction.Amount.MinorUnits;
        else
            state.DebitsPosted += instruction.Amount.MinorUnits;
        if (IsTransfer || IsHeld)
            state.Windows.AddPending(RowId, timeMs, instruction.Amount.MinorUnits);
        else
            state.Windows.Add(timeMs, instruction.Amount.MinorUnits);
        return state;
    }

    public PaymentAnswer Answer(AccountState state) => new()
    {
        Id = new PaymentId(Bucket.Of(state.Id), RowId),
        Status = !IsApproved ? PaymentStatus.Rejected : IsHeld ? PaymentStatus.Held : IsTransfer ? PaymentStatus.Pending : PaymentStatus.Settled,
        Amount = instruction.Amount,
        Debtor = state.Id,
        Creditor = instruction.Creditor.Id,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(timeMs),
        Uetr = instruction.Uetr,
        Personal = instruction.Personal,
        Reason = decision.Rejection,
        Detail = decision.Detail,
    };

    // Only what would be paid otherwise is judged: a decline for funds says nothing of the payer.
    private RiskDecision? Judge(AccountState state, long nowMs)
    {
        var judged = IsApproved && risk is not null && state.History is { } history ? risk.Decide(features ??= new FeatureVector(), history, state.Incoming, Around, instruction, Attempt, nowMs) : null;
        if (judged is { Outcome: RiskOutcome.Decline })
            decision = Decision.Rejected(Reason.RiskRefused);
        isReview = judged is { Outcome: RiskOutcome.Review };
        return judged;
    }

    private long ExpiresAt(long nowMs) => nowMs + (long)risk!.Options.HoldFor.TotalMilliseconds;

    private JournalEntry Held(AccountState state, AccountEntries entries, LogRow row, RiskDecision judged, long nowMs)
    {
        if (caseNumber == 0)
            (caseNumber, caseRow) = (newId(), newId());
        var opened = CaseBook.Open(state.Id, instruction.Creditor.Id, instruction.Amount, RowId, caseNumber, judged, nowMs, row.ExpiresAtMs);
        var second = new LogRow
        {
            Id = caseRow,
            Type = EventType.FraudCaseOpened,
            TimeMs = nowMs,
            Tenant = instruction.Tenant,
            Payment = 0,
            Version = 1,
            Debtor = state.Number,
            Currency = state.Currency,
            Data = CaseBook.Data(opened),
            Sealed = entries.Seal(state.WrappedDataKey, caseRow, CaseBook.Frame(opened, caseNumber), again: Decisions > 1),
        };
        return entries.Entry(
            state, row, [second], references: References(entries.References), dueAdded: [HoldDue.Of(state.Id, RowId, row.ExpiresAtMs)],
            documents: [CaseBook.Change(opened, null, caseNumber, RowId, ShardNumbers.ShardOf(RowId), entries.References)], documentsRow: second);
    }

    private long[]? References(ReferenceHash hash)
    {
        if (instruction.Uetr is null && instruction.Personal.EndToEndId is null)
            return null;
        var references = new List<long>(2);
        if (instruction.Uetr is { } uetr)
            references.Add(hash.OfUetr(uetr));
        if (instruction.Personal.EndToEndId is { } endToEndId)
            references.Add(hash.OfEndToEndId(endToEndId));
        return [.. references];
    }
}
