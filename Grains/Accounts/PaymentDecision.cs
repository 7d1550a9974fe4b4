using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;

namespace Grains.Accounts;

/// <summary>Approved, or rejected for a reason with the sentence that says its numbers.</summary>
public readonly record struct Decision(Reason? Rejection, string? Detail)
{
    public static Decision Approved { get; }

    public static Decision Rejected(Reason reason, string? detail = null) => new(reason, detail);
}

/// <summary>
/// Whether an account pays. Pure: state, amount and time in, decision out. Looks for reasons to reject in this order: debtor
/// closed AC05, creditor closed AC07, debtor frozen AC06, limit of one payment AM02, velocity windows AM14, funds AM04.
/// </summary>
public static class PaymentDecision
{
    public static Decision Decide(AccountState debtor, Money amount, bool creditorClosed, long nowMs)
    {
        if (debtor.Status == AccountStatus.Closed)
            return Decision.Rejected(Reason.ClosedDebtorAccount);
        if (creditorClosed)
            return Decision.Rejected(Reason.ClosedCreditorAccount);
        if (debtor.Status == AccountStatus.Frozen)
            return Decision.Rejected(Reason.BlockedAccount);
        if (debtor.Limits.PerPayment is { } most && amount.MinorUnits > most)
            return Decision.Rejected(Reason.NotAllowedAmount, $"The amount is above the account's limit of {new Money(most, amount.Currency)} for one payment.");
        if (debtor.Windows.Exceeded(nowMs, amount.MinorUnits) is { } window)
            return Decision.Rejected(Reason.AmountExceedsAgreedLimit, Sentence(window, amount, nowMs));
        return debtor.Covers(amount.MinorUnits) ? Decision.Approved : Decision.Rejected(Reason.InsufficientFunds);
    }

    /// <summary>A return debits the first payment's creditor: no velocity limit holds money back that is not the account's own.</summary>
    public static Decision DecideReturn(AccountState debtor, Money amount, bool creditorClosed)
    {
        if (debtor.Status == AccountStatus.Closed)
            return Decision.Rejected(Reason.ClosedDebtorAccount);
        if (creditorClosed)
            return Decision.Rejected(Reason.ClosedCreditorAccount);
        if (debtor.Status == AccountStatus.Frozen)
            return Decision.Rejected(Reason.BlockedAccount);
        return debtor.Covers(amount.MinorUnits) ? Decision.Approved : Decision.Rejected(Reason.InsufficientFunds);
    }

    private static string Sentence(VelocityWindow window, Money amount, long nowMs)
    {
        var (byCount, used, most) = window.Overrun(amount.MinorUnits);
        var use = byCount
            ? $"{window.Name}: {used} of {most} payments used"
            : $"{window.Name}: {new Money(used, amount.Currency).ToDecimalString()} of {new Money(most, amount.Currency)} used";
        return window.FitsAt(nowMs, amount.MinorUnits) is { } at
            ? $"{use}; frees at {at:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}."
            : $"{use}; this amount never fits.";
    }
}
