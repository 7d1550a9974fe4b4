using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Sealing;
using Ledger.Shards;

namespace Grains.Accounts;

/// <summary>A credit transfer that this account is to pay.</summary>
/// <param name="transit">The account by which the money leaves this shard; 0 where the creditor is here.</param>
internal sealed class PaymentWork(PaymentInstruction instruction, byte[]? creditorKey, long rowId, long transit = 0)
    : Work(instruction.Key, instruction.RequestHash, rowId)
{
    private readonly byte[]? clear = PersonalFieldsCodec.EncodeDebtorPart(instruction.Personal);
    private readonly byte[]? clearCreditor = PersonalFieldsCodec.EncodeCreditorPart(instruction.Personal);
    private byte[]? secretCreditor;
    private Decision decision;
    private long timeMs;

    public PaymentInstruction Instruction => instruction;

    /// <summary>Whether the money goes to another shard.</summary>
    public bool IsTransfer => transit != 0;

    public bool IsApproved => decision.Rejection is null;

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
        // Sealed at each decision: the account that was believed to be open may be another one's, under another key.
        var secret = entries.Seal(state.WrappedDataKey, RowId, clear);
        secretCreditor ??= entries.SealForOther(creditorKey, RowId, clearCreditor);
        var row = new LogRow
        {
            Id = RowId,
            Type = !IsApproved ? EventType.PaymentRejected : IsTransfer ? EventType.PaymentCreated : EventType.PaymentSettled,
            TimeMs = nowMs,
            Tenant = instruction.Tenant,
            Payment = RowId,
            Version = 1,
            Kind = IsApproved ? TransferKind.Posted : TransferKind.None,
            Debtor = state.Number,
            Creditor = IsTransfer ? transit : instruction.Creditor.Number,
            Amount = instruction.Amount.MinorUnits,
            Currency = instruction.Amount.Currency,
            Key = Key,
            RequestHash = RequestHash,
            Reason = decision.Rejection ?? 0,
            Data = decision.Detail is null && instruction.Uetr is null && !IsTransfer ? null : new PaymentData(instruction.Uetr, decision.Detail, Creditor: IsTransfer ? instruction.Creditor.Id : null).Encode(),
            Sealed = secret,
            SealedCreditor = secretCreditor,
        };
        return entries.Entry(state, row, references: References(entries.References), dueAdded: IsTransfer && IsApproved ? [TransferDue.Of(state.Id, RowId, nowMs)] : null);
    }

    public override AccountState? Apply(AccountState? state)
    {
        state!.Version++;
        if (!IsApproved)
            return state;
        state.DebitsPosted += instruction.Amount.MinorUnits;
        if (IsTransfer)
            state.Windows.AddPending(RowId, timeMs, instruction.Amount.MinorUnits);
        else
            state.Windows.Add(timeMs, instruction.Amount.MinorUnits);
        return state;
    }

    public PaymentAnswer Answer(AccountState state) => new()
    {
        Id = new PaymentId(Bucket.Of(state.Id), RowId),
        Status = !IsApproved ? PaymentStatus.Rejected : IsTransfer ? PaymentStatus.Pending : PaymentStatus.Settled,
        Amount = instruction.Amount,
        Debtor = state.Id,
        Creditor = instruction.Creditor.Id,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(timeMs),
        Uetr = instruction.Uetr,
        Personal = instruction.Personal,
        Reason = decision.Rejection,
        Detail = decision.Detail,
    };

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
