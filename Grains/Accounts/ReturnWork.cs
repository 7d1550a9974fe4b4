using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Shards;

namespace Grains.Accounts;

/// <summary>How much of a payment that this account received goes back, as the grain believes it, and the payment's newest event version.</summary>
internal sealed class ReturnedSoFar
{
    public long Amount { get; set; }

    public int Version { get; set; }

    /// <summary>False until it was read for the first time.</summary>
    public bool IsRead { get; private set; }

    /// <summary>How many returns of the payment are under way.</summary>
    public int Users { get; set; }

    public void Read(long amount, int version) => (Amount, Version, IsRead) = (amount, version, true);
}

/// <summary>Money of a received payment that is to go back: a payment of its own, linked with an event of the first one.</summary>
/// <param name="original">The row that credited the money here: the payment's own, or, where the payment is another shard's, the transfer's.</param>
internal sealed class ReturnWork(ReturnInstruction instruction, LogRow original, AccountId creditor, bool creditorClosed, Func<ReturnedSoFar> soFar, long rowId, long eventRowId)
    : Work(instruction.Key, instruction.RequestHash, rowId)
{
    private readonly PaymentData data = new(ReturnOf: instruction.Original, ReturnReason: instruction.ReturnReason, Creditor: original.Type == EventType.TransferCredited ? creditor : null);
    private Decision decision;
    private Money amount;
    private long timeMs;

    /// <summary>Whether the money goes back to another shard.</summary>
    public bool IsTransfer => original.Type == EventType.TransferCredited;

    public bool IsApproved => decision.Rejection is null;

    public override JournalEntry? Decide(AccountState? state, AccountEntries entries, long nowMs)
    {
        var returned = soFar();
        var left = original.Amount - returned.Amount;
        var asked = instruction.AmountMinorUnits ?? left;
        if (state is null || asked <= 0 || asked > left)
        {
            Refusal = state is null ? Refusal.UnknownAccount : Refusal.ReturnExceedsPayment;
            return null;
        }

        timeMs = nowMs;
        amount = new Money(asked, original.Currency);
        decision = Refusal == Refusal.CounterOverflow
            ? Decision.Rejected(Reason.NotAllowedAmount, "The creditor account cannot hold that much.")
            : PaymentDecision.DecideReturn(state, amount, creditorClosed || Refusal == Refusal.CreditorClosed);
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
            Creditor = original.Debtor,
            Amount = asked,
            Currency = original.Currency,
            Key = Key,
            RequestHash = RequestHash,
            Reason = decision.Rejection ?? 0,
            Data = (data with { Detail = decision.Detail, ReturnedCredit = IsTransfer && IsApproved ? original.Id : 0 }).Encode(),
        };
        if (!IsApproved)
            return entries.Entry(state, row);
        // The payment's own shard hears of it with the money.
        if (IsTransfer)
            return entries.Entry(state, row, returns: original.Id, dueAdded: [TransferDue.Of(state.Id, RowId, nowMs)]);
        return entries.Entry(state, row, [OriginalsEvent(returned, nowMs, new PaymentId(Bucket.Of(state.Id), RowId))], returns: original.Id);
    }

    public override AccountState? Apply(AccountState? state)
    {
        state!.Version++;
        if (!IsApproved)
            return state;
        state.DebitsPosted += amount.MinorUnits;
        var returned = soFar();
        returned.Amount += amount.MinorUnits;
        returned.Version++;
        return state;
    }

    public PaymentAnswer Answer(AccountState state) => new()
    {
        Id = new PaymentId(Bucket.Of(state.Id), RowId),
        Status = !IsApproved ? PaymentStatus.Rejected : IsTransfer ? PaymentStatus.Pending : PaymentStatus.Settled,
        Amount = amount,
        Debtor = state.Id,
        Creditor = creditor,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(timeMs),
        Reason = decision.Rejection,
        Detail = decision.Detail,
        ReturnOf = instruction.Original,
        ReturnReason = instruction.ReturnReason,
    };

    private LogRow OriginalsEvent(ReturnedSoFar returned, long nowMs, PaymentId returnedBy) => new()
    {
        Id = eventRowId,
        Type = EventType.PaymentReturned,
        TimeMs = nowMs,
        Tenant = instruction.Tenant,
        Payment = original.Id,
        Version = returned.Version + 1,
        Debtor = original.Debtor,
        Creditor = original.Creditor,
        Amount = amount.MinorUnits,
        Currency = original.Currency,
        Data = new PaymentData(ReturnReason: instruction.ReturnReason, ReturnedBy: returnedBy).Encode(),
    };
}
