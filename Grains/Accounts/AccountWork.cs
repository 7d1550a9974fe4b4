using System.Text.Json;
using Grains.Fraud;
using Grains.Fraud.Features;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Sealing;

namespace Grains.Accounts;

/// <summary>A change of the account itself. Its event's data is the account after it, which is also its answer.</summary>
internal abstract class AccountWork(CommandOrigin origin, long rowId) : Work(origin.Key, origin.RequestHash, rowId)
{
    protected CommandOrigin Origin => origin;

    /// <summary>The account after the change, as decided last.</summary>
    public AccountSnapshot? After { get; protected set; }

    protected LogRow EventRow(EventType type, long account, Currency currency, int version, long nowMs, byte[]? secret = null, TransferKind kind = TransferKind.None, long debtor = 0, long amount = 0) => new()
    {
        Id = RowId,
        Type = type,
        TimeMs = nowMs,
        Tenant = origin.Tenant,
        Payment = 0,
        Version = version,
        Kind = kind,
        Debtor = debtor == 0 ? account : debtor,
        Creditor = debtor == 0 ? 0 : account,
        Amount = amount,
        Currency = currency,
        Key = Key,
        RequestHash = RequestHash,
        Data = JsonSerializer.SerializeToUtf8Bytes(After! with { Name = null }, AccountDataJson.Default.AccountSnapshot),
        Sealed = secret,
    };

    protected static AccountSnapshot Snapshot(AccountState state, long nowMs) => new()
    {
        Id = state.Id,
        Currency = state.Currency,
        Status = state.Status,
        Balance = state.Balance,
        Floor = state.Floor,
        Limits = state.Limits,
        At = DateTimeOffset.FromUnixTimeMilliseconds(nowMs),
    };
}

/// <summary>Opens the account.</summary>
/// <param name="risk">For which its payments are kept in mind; null where it is not judged.</param>
internal sealed class OpenWork(OpenAccount command, AccountId id, long rowId, RiskDesk? risk) : AccountWork(command.Origin, rowId)
{
    private AccountRecord? record;

    public override JournalEntry? Decide(AccountState? state, AccountEntries entries, long nowMs)
    {
        if (state is not null || Refusal == Refusal.AccountExists)
        {
            Refusal = Refusal.AccountExists;
            return null;
        }

        var wrappedKey = record?.WrappedDataKey ?? entries.NewWrappedKey();
        var name = record is not null ? record.SealedName : entries.Seal(wrappedKey, RowId, PersonalFieldsCodec.EncodeDebtorPart(new PersonalFields { DebtorName = command.Name }));
        record = new AccountRecord
        {
            Number = RowId,
            Id = id,
            Tenant = command.Owner,
            Currency = command.Currency,
            Status = AccountStatus.Open,
            Floor = command.Floor,
            Limits = command.Limits,
            Counters = default,
            Version = 0,
            EventVersion = 0,
            LastRow = 0,
            Activity = 0,
            WrappedDataKey = wrappedKey,
            SealedName = name,
            OpenedAtMs = nowMs,
        };
        After = Snapshot(new AccountState(record, new VelocityWindows(command.Limits)), nowMs) with { Name = command.Name };
        return entries.Entry(RowId, 0, EventRow(EventType.AccountOpened, RowId, command.Currency, 1, nowMs, name), change: new AccountChange.Open(record));
    }

    public override AccountState? Apply(AccountState? state) =>
        new(record! with { Version = 1, EventVersion = 1 }, new VelocityWindows(command.Limits), risk is null ? null : new PayerHistory(), risk?.Incoming.Wake(RowId));
}

/// <summary>Freezes, unfreezes or closes.</summary>
internal sealed class StatusWork(ChangeStatus command, long rowId) : AccountWork(command.Origin, rowId)
{
    private readonly byte[]? clear = PersonalFieldsCodec.EncodeDebtorPart(new PersonalFields { RemittanceInfo = command.Reason });
    private byte[]? secret;

    public override JournalEntry? Decide(AccountState? state, AccountEntries entries, long nowMs)
    {
        Refusal = state is null ? Refusal.UnknownAccount
            : state.Status == AccountStatus.Closed ? Refusal.DebtorClosed
            : command.Change == StatusChange.Close && (Refusal == Refusal.AccountNotEmpty || state.Posted != 0 || state.DebitsPending != 0 || state.CreditsPending != 0) ? Refusal.AccountNotEmpty
            : Refusal.None;
        if (Refusal != Refusal.None)
            return null;
        After = Snapshot(state!, nowMs) with { Status = To };
        secret ??= entries.Seal(state!.WrappedDataKey, RowId, clear);
        return entries.Entry(state!, EventRow(Event, state!.Number, state.Currency, state.EventVersion + 1, nowMs, secret), change: new AccountChange.Status(To));
    }

    public override AccountState? Apply(AccountState? state)
    {
        state!.Version++;
        state.EventVersion++;
        state.Status = To;
        return state;
    }

    private AccountStatus To => command.Change switch
    {
        StatusChange.Freeze => AccountStatus.Frozen,
        StatusChange.Unfreeze => AccountStatus.Open,
        StatusChange.Close => AccountStatus.Closed,
    };

    private EventType Event => command.Change switch
    {
        StatusChange.Freeze => EventType.AccountFrozen,
        StatusChange.Unfreeze => EventType.AccountUnfrozen,
        StatusChange.Close => EventType.AccountClosed,
    };
}

/// <summary>Replaces the limits. The windows that they need were read before, while no payment was decided.</summary>
internal sealed class LimitsWork(ChangeLimits command, VelocityWindows windows, long rowId) : AccountWork(command.Origin, rowId)
{
    public AccountLimits Limits => command.Limits;

    /// <summary>Read anew before each further decision: what was counted since the first one may not have committed.</summary>
    public VelocityWindows Windows { get; set; } = windows;

    public override JournalEntry? Decide(AccountState? state, AccountEntries entries, long nowMs)
    {
        Refusal = state is null ? Refusal.UnknownAccount : state.Status == AccountStatus.Closed ? Refusal.DebtorClosed : Refusal.None;
        if (Refusal != Refusal.None)
            return null;
        After = Snapshot(state!, nowMs) with { Limits = command.Limits };
        return entries.Entry(state!, EventRow(EventType.AccountLimitsChanged, state!.Number, state.Currency, state.EventVersion + 1, nowMs), change: new AccountChange.Limits(command.Limits));
    }

    public override AccountState? Apply(AccountState? state)
    {
        state!.Version++;
        state.EventVersion++;
        state.Limits = command.Limits;
        state.Windows = Windows;
        return state;
    }
}

/// <summary>Sandbox: a transfer from <c>system:funding</c>.</summary>
internal sealed class FundWork(FundAccount command, long rowId) : AccountWork(command.Origin, rowId)
{
    public override JournalEntry? Decide(AccountState? state, AccountEntries entries, long nowMs)
    {
        Refusal = state is null ? Refusal.UnknownAccount
            : state.Status == AccountStatus.Closed ? Refusal.CreditorClosed
            : Refusal == Refusal.CounterOverflow || state.CreditsPosted > long.MaxValue - command.AmountMinorUnits ? Refusal.CounterOverflow
            : Refusal.None;
        if (Refusal != Refusal.None)
            return null;
        After = Snapshot(state!, nowMs);
        After = After with { Balance = After.Balance with { Posted = After.Balance.Posted + command.AmountMinorUnits } };
        var row = EventRow(EventType.AccountFunded, state!.Number, state.Currency, state.EventVersion + 1, nowMs, kind: TransferKind.Posted, debtor: SystemAccount.Funding.Number(state.Currency), amount: command.AmountMinorUnits);
        return entries.Entry(state, row);
    }

    public override AccountState? Apply(AccountState? state)
    {
        state!.Version++;
        state.EventVersion++;
        state.CreditsPosted += command.AmountMinorUnits;
        return state;
    }
}
