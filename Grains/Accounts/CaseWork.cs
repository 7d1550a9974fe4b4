using Grains.Fraud;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Shards;

namespace Grains.Accounts;

/// <summary>
/// What an analyst, or the end of its time, makes of a case: its new state, and with it what becomes of the payment that it holds, in one
/// entry. Decided on the case as it was read while nothing else was decided.
/// </summary>
/// <param name="command">Null where the case's time is over.</param>
internal sealed class CaseWork(CaseCommand? command, Func<long> newId) : Work(command?.Key ?? default, command?.RequestHash ?? default, newId())
{
    private readonly long moneyRow = newId();
    private readonly long settledRow = newId();

    /// <summary>As it was read; null where there is none.</summary>
    public FraudCase? Case { get; set; }

    public long Number { get; set; }

    /// <summary>Of the payment that it is about.</summary>
    public long PaymentNumber { get; set; }

    /// <summary>The first row of the payment that it holds; null where the case is closed and the log let go of it.</summary>
    public LogRow? Payment { get; set; }

    /// <summary>Whether the account that the payment goes to is closed.</summary>
    public bool CreditorClosed { get; set; }

    /// <summary>Why there was nothing to record.</summary>
    public CaseOutcome Refused { get; private set; }

    /// <summary>The case after it.</summary>
    public FraudCase? Next { get; private set; }

    /// <summary>Whether the money goes on to another shard now.</summary>
    public bool GoesOn { get; private set; }

    public override JournalEntry? Decide(AccountState? state, AccountEntries entries, long nowMs)
    {
        Next = null;
        GoesOn = false;
        if (state is null || Case is null)
            return Refuse(CaseOutcome.Unknown);
        if (command is null)
            return Case.Status == CaseStatus.Closed || nowMs < Payment!.ExpiresAtMs ? Refuse(CaseOutcome.Closed) : End(state, entries, CaseDecision.Expire(Case, nowMs), TransferKind.Expire, Reason.RiskRefused, nowMs);
        var (next, outcome) = CaseDecision.Decide(Case, command, nowMs);
        if (next is null)
            return Refuse(outcome);
        return command.Action switch
        {
            CaseAction.Approve => Release(state, entries, next, nowMs),
            CaseAction.Decline => End(state, entries, next, TransferKind.Void, Reason.RiskRefused, nowMs),
            CaseAction.Assign => NewEntry(state, entries, next, EventType.FraudCaseAssigned, [], nowMs),
            _ => NewEntry(state, entries, next, EventType.FraudCaseChanged, [], nowMs),
        };
    }

    public override AccountState? Apply(AccountState? state)
    {
        state!.Version++;
        if (Next!.Status == Case!.Status)
            return state;
        state.DebitsPending -= Payment!.Amount;
        if (Next.Resolution == CaseResolution.Released)
        {
            state.DebitsPosted += Payment.Amount;
            if (!GoesOn)
                state.Windows.Keep(Payment.Id);
            return state;
        }

        state.Windows.GiveBack(Payment.Id);
        state.History?.Remove(Payment.Id);
        return state;
    }

    private JournalEntry? Release(AccountState state, AccountEntries entries, FraudCase next, long nowMs)
    {
        if (nowMs >= Payment!.ExpiresAtMs)
            return Refuse(CaseOutcome.Expired);
        if (state.Status == Interfaces.Accounts.AccountStatus.Frozen)
            return Refuse(CaseOutcome.Frozen);
        var goesOn = SystemAccountNumbers.PeerOf(Payment.Creditor) is not null;
        // What only the commit could see, the last refusal tells: the money cannot go where it was to.
        if (!goesOn && (CreditorClosed || Refusal == Refusal.CreditorClosed))
            return End(state, entries, next with { Resolution = CaseResolution.Refused }, TransferKind.Void, Reason.ClosedCreditorAccount, nowMs);
        if (Refusal == Refusal.CounterOverflow)
            return End(state, entries, next with { Resolution = CaseResolution.Refused }, TransferKind.Void, Reason.NotAllowedAmount, nowMs);
        var by = PaymentData.Decode(Payment.Data).Creditor;
        GoesOn = goesOn;
        var released = NewRow(moneyRow, EventType.PaymentReleased, 2, goesOn ? TransferKind.PostFinal : TransferKind.None, 0, new PaymentData(Creditor: by), nowMs);
        return goesOn
            ? NewEntry(state, entries, next, EventType.FraudCaseClosed, [released], nowMs, [TransferDue.Of(state.Id, Payment.Id, Payment.TimeMs)])
            : NewEntry(state, entries, next, EventType.FraudCaseClosed, [released, NewRow(settledRow, EventType.PaymentSettled, 3, TransferKind.PostFinal, 0, PaymentData.None, nowMs)], nowMs);
    }

    private JournalEntry End(AccountState state, AccountEntries entries, FraudCase next, TransferKind kind, Reason reason, long nowMs)
    {
        var data = new PaymentData(
            Detail: kind == TransferKind.Expire ? "The payment was held, and nobody released it in time." : null, Creditor: PaymentData.Decode(Payment!.Data).Creditor);
        return NewEntry(state, entries, next, EventType.FraudCaseClosed, [NewRow(moneyRow, EventType.PaymentRejected, 2, kind, reason, data, nowMs)], nowMs);
    }

    private JournalEntry NewEntry(AccountState state, AccountEntries entries, FraudCase next, EventType type, LogRow[] money, long nowMs, DueItem[]? dueAdded = null)
    {
        Next = next;
        Refused = 0;
        var row = new LogRow
        {
            Id = RowId,
            Type = type,
            TimeMs = nowMs,
            Tenant = command?.Tenant ?? state.Tenant,
            Payment = 0,
            Version = next.Version,
            Debtor = state.Number,
            Currency = state.Currency,
            Key = Key,
            RequestHash = RequestHash,
            Data = CaseBook.Data(next),
            Sealed = entries.Seal(state.WrappedDataKey, RowId, CaseBook.Frame(next, Number), again: Decisions > 1),
        };
        var ends = next.Status == CaseStatus.Closed && Case!.Status == CaseStatus.Open;
        return entries.Entry(
            state, row, money.Length == 0 ? null : money, dueAdded: dueAdded, dueDone: ends ? [HoldDue.Of(state.Id, Payment!.Id, Payment.ExpiresAtMs)] : null,
            documents: [CaseBook.Change(next, Case, Number, PaymentNumber, ShardNumbers.ShardOf(RowId), entries.References)]);
    }

    private LogRow NewRow(long id, EventType type, int version, TransferKind kind, Reason reason, PaymentData data, long nowMs) => new()
    {
        Id = id,
        Type = type,
        TimeMs = nowMs,
        Tenant = Payment!.Tenant,
        Payment = Payment.Id,
        Version = version,
        Kind = kind,
        Debtor = Payment.Debtor,
        Creditor = Payment.Creditor,
        Amount = Payment.Amount,
        Currency = Payment.Currency,
        Reason = reason,
        Data = data.Encode(),
    };

    private JournalEntry? Refuse(CaseOutcome outcome)
    {
        Refused = outcome;
        return null;
    }
}
