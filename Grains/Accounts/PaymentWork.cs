using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Sealing;

namespace Grains.Accounts;

/// <summary>A credit transfer that this account is to pay.</summary>
internal sealed class PaymentWork(PaymentInstruction instruction, byte[]? creditorKey, long rowId)
    : Work(instruction.Key, instruction.RequestHash, rowId)
{
    private readonly byte[]? clear = PersonalFieldsCodec.EncodeDebtorPart(instruction.Personal);
    private readonly byte[]? clearCreditor = PersonalFieldsCodec.EncodeCreditorPart(instruction.Personal);
    private byte[]? secretCreditor;
    private Decision decision;
    private long timeMs;

    public PaymentInstruction Instruction => instruction;

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
            Type = IsApproved ? EventType.PaymentSettled : EventType.PaymentRejected,
            TimeMs = nowMs,
            Tenant = instruction.Tenant,
            Payment = RowId,
            Version = 1,
            Kind = IsApproved ? TransferKind.Posted : TransferKind.None,
            Debtor = state.Number,
            Creditor = instruction.Creditor.Number,
            Amount = instruction.Amount.MinorUnits,
            Currency = instruction.Amount.Currency,
            Key = Key,
            RequestHash = RequestHash,
            Reason = decision.Rejection ?? 0,
            Data = decision.Detail is null && instruction.Uetr is null ? null : new PaymentData(instruction.Uetr, decision.Detail).Encode(),
            Sealed = secret,
            SealedCreditor = secretCreditor,
        };
        return entries.Entry(state, row, references: References());
    }

    public override AccountState? Apply(AccountState? state)
    {
        state!.Version++;
        if (!IsApproved)
            return state;
        state.DebitsPosted += instruction.Amount.MinorUnits;
        state.Windows.Add(timeMs, instruction.Amount.MinorUnits);
        return state;
    }

    public PaymentAnswer Answer(AccountState state) => new()
    {
        Id = new PaymentId(Bucket.Of(state.Id), RowId),
        Status = IsApproved ? PaymentStatus.Settled : PaymentStatus.Rejected,
        Amount = instruction.Amount,
        Debtor = state.Id,
        Creditor = instruction.Creditor.Id,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(timeMs),
        Uetr = instruction.Uetr,
        Personal = instruction.Personal,
        Reason = decision.Rejection,
        Detail = decision.Detail,
    };

    private long[]? References()
    {
        if (instruction.Uetr is null && instruction.Personal.EndToEndId is null)
            return null;
        var references = new List<long>(2);
        if (instruction.Uetr is { } uetr)
            references.Add(ReferenceHash.OfUetr(uetr));
        if (instruction.Personal.EndToEndId is { } endToEndId)
            references.Add(ReferenceHash.OfEndToEndId(endToEndId));
        return [.. references];
    }
}
