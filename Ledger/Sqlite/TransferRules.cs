using Grains.Interfaces.Accounts;

namespace Ledger.Sqlite;

/// <summary>What a transfer does to the counters of its two accounts, and what forbids it.</summary>
internal static class TransferRules
{
    public static Refusal Apply(LogRow row, AccountRow debtor, AccountRow creditor, HoldTable holds) => row.Kind switch
    {
        TransferKind.None => Refusal.None,
        TransferKind.Posted => Post(row, debtor, creditor),
        TransferKind.Hold => Hold(row, debtor, creditor, holds),
        TransferKind.Increase => Increase(row, debtor, creditor, holds),
        TransferKind.Post => PostHeld(row, debtor, creditor, holds, final: false),
        TransferKind.PostFinal => PostHeld(row, debtor, creditor, holds, final: true),
        TransferKind.Void => Release(row, debtor, creditor, holds, expired: false),
        TransferKind.Expire => Release(row, debtor, creditor, holds, expired: true),
    };

    private static Refusal Post(LogRow row, AccountRow debtor, AccountRow creditor)
    {
        var refusal = MayMove(row, debtor, creditor);
        if (refusal != Refusal.None)
            return refusal;
        ref var from = ref debtor.Now;
        ref var to = ref creditor.Now;
        if (IsOverRule(debtor, row.Amount))
            return Refusal.AccountRule;
        if (Overflows(from.DebitsPosted, row.Amount) || Overflows(to.CreditsPosted, row.Amount))
            return Refusal.CounterOverflow;
        from.DebitsPosted += row.Amount;
        to.CreditsPosted += row.Amount;
        return Refusal.None;
    }

    private static Refusal Hold(LogRow row, AccountRow debtor, AccountRow creditor, HoldTable holds)
    {
        var refusal = Reserve(row, debtor, creditor);
        if (refusal == Refusal.None)
            holds.Write(new PendingTransfer(row.Id, row.Debtor, row.Creditor, row.Currency, row.Amount, 0, 0, row.ExpiresAtMs, Final: false));
        return refusal;
    }

    private static Refusal Increase(LogRow row, AccountRow debtor, AccountRow creditor, HoldTable holds)
    {
        var refusal = FindOpen(row, holds, out var hold);
        if (refusal == Refusal.None)
            refusal = Reserve(row, debtor, creditor);
        if (refusal == Refusal.None && Overflows(hold.Authorized, row.Amount))
            refusal = Refusal.CounterOverflow;
        if (refusal == Refusal.None)
            holds.Write(hold with { Authorized = hold.Authorized + row.Amount });
        return refusal;
    }

    private static Refusal PostHeld(LogRow row, AccountRow debtor, AccountRow creditor, HoldTable holds, bool final)
    {
        var refusal = FindOpen(row, holds, out var hold);
        if (refusal != Refusal.None)
            return refusal;
        var open = hold.Authorized - hold.Posted - hold.Voided;
        if (row.Amount > open)
            return Refusal.HoldExceeded;
        if (creditor.Status == AccountStatus.Closed)
            return Refusal.CreditorClosed;
        ref var from = ref debtor.Now;
        ref var to = ref creditor.Now;
        if (Overflows(from.DebitsPosted, row.Amount) || Overflows(to.CreditsPosted, row.Amount))
            return Refusal.CounterOverflow;
        var released = final ? open - row.Amount : 0;
        from.DebitsPending -= row.Amount + released;
        to.CreditsPending -= row.Amount + released;
        from.DebitsPosted += row.Amount;
        to.CreditsPosted += row.Amount;
        holds.Write(hold with { Posted = hold.Posted + row.Amount, Voided = hold.Voided + released, Final = final || row.Amount == open });
        return Refusal.None;
    }

    // A void or an expiry releases all that is open; the row's amount says how much that was.
    private static Refusal Release(LogRow row, AccountRow debtor, AccountRow creditor, HoldTable holds, bool expired)
    {
        var hold = holds.Find(row.Payment);
        if (hold is null || hold.Final || !Names(row, hold))
            return Refusal.HoldNotOpen;
        if (expired && (hold.ExpiresAtMs == 0 || hold.ExpiresAtMs > row.TimeMs))
            return Refusal.HoldNotOpen;
        var open = hold.Authorized - hold.Posted - hold.Voided;
        if (row.Amount != open)
            return Refusal.HoldExceeded;
        debtor.Now.DebitsPending -= open;
        creditor.Now.CreditsPending -= open;
        holds.Write(hold with { Voided = hold.Voided + open, Final = true });
        return Refusal.None;
    }

    private static Refusal FindOpen(LogRow row, HoldTable holds, out PendingTransfer hold)
    {
        hold = holds.Find(row.Payment)!;
        if (hold is null || hold.Final || !Names(row, hold))
            return Refusal.HoldNotOpen;
        return hold.ExpiresAtMs != 0 && hold.ExpiresAtMs <= row.TimeMs ? Refusal.HoldExpired : Refusal.None;
    }

    private static bool Names(LogRow row, PendingTransfer hold) =>
        hold.Debtor == row.Debtor && hold.Creditor == row.Creditor && hold.Currency == row.Currency;

    private static Refusal Reserve(LogRow row, AccountRow debtor, AccountRow creditor)
    {
        var refusal = MayMove(row, debtor, creditor);
        if (refusal != Refusal.None)
            return refusal;
        if (IsOverRule(debtor, row.Amount))
            return Refusal.AccountRule;
        if (Overflows(debtor.Now.DebitsPending, row.Amount) || Overflows(creditor.Now.CreditsPending, row.Amount))
            return Refusal.CounterOverflow;
        debtor.Now.DebitsPending += row.Amount;
        creditor.Now.CreditsPending += row.Amount;
        return Refusal.None;
    }

    private static Refusal MayMove(LogRow row, AccountRow debtor, AccountRow creditor)
    {
        if (debtor.Status == AccountStatus.Closed)
            return Refusal.DebtorClosed;
        if (creditor.Status == AccountStatus.Closed)
            return Refusal.CreditorClosed;
        return row.Currency == debtor.Currency && row.Currency == creditor.Currency ? Refusal.None : Refusal.CurrencyMismatch;
    }

    /// <summary>Credits posted + floor ≥ debits posted + debits pending must hold after the debit. Floor is 0 or less.</summary>
    private static bool IsOverRule(AccountRow debtor, long amount)
    {
        if (debtor.Floor is not { } floor)
            return false;
        ref var now = ref debtor.Now;
        // 128 bits: no sum of these can overflow them.
        return (Int128)now.CreditsPosted - floor < (Int128)now.DebitsPosted + now.DebitsPending + amount;
    }

    private static bool Overflows(long counter, long amount) => counter > long.MaxValue - amount;
}
