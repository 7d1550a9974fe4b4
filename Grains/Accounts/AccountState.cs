using Grains.Fraud.Entities;
using Grains.Fraud.Features;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger;

namespace Grains.Accounts;

/// <summary>
/// An account as its grain believes it to be: committed state, plus what the grain decided and has not heard of yet. Discarded
/// whole, and read again, when the commit refuses anything.
/// </summary>
/// <param name="history">What risk is judged by; null where it is not.</param>
public sealed class AccountState(AccountRecord account, VelocityWindows windows, PayerHistory? history = null, IncomingCredits.Account? incoming = null)
{
    public PayerHistory? History => history;

    /// <summary>What the account is credited with; null where risk is not judged.</summary>
    public IncomingCredits.Account? Incoming => incoming;

    public long Number { get; } = account.Number;

    public AccountId Id { get; } = account.Id;

    public long Tenant { get; } = account.Tenant;

    public Currency Currency { get; } = account.Currency;

    public long Floor { get; } = account.Floor ?? 0;

    public byte[] WrappedDataKey { get; } = account.WrappedDataKey ?? throw new ArgumentException("A customer account has a data key.", nameof(account));

    public AccountStatus Status { get; set; } = account.Status;

    public AccountLimits Limits { get; set; } = account.Limits;

    public VelocityWindows Windows { get; set; } = windows;

    public long DebitsPosted { get; set; } = account.Counters.DebitsPosted;

    public long DebitsPending { get; set; } = account.Counters.DebitsPending;

    /// <summary>At least this much was credited; more may have been since.</summary>
    public long CreditsPosted { get; set; } = account.Counters.CreditsPosted;

    public long CreditsPending { get; set; } = account.Counters.CreditsPending;

    /// <summary>The version that the next entry is decided on.</summary>
    public long Version { get; set; } = account.Version;

    public int EventVersion { get; set; } = account.EventVersion;

    public long Posted => CreditsPosted - DebitsPosted;

    public AccountBalance Balance => new(Posted, DebitsPending, CreditsPending);

    /// <summary>Whether available − amount stays at or above the floor.</summary>
    public bool Covers(long amount) => (Int128)CreditsPosted - DebitsPosted - DebitsPending - amount >= Floor;

    /// <summary>Takes over the credit counters, which only others move: the grain always knows its own debits.</summary>
    public void RefreshCredits(Counters committed)
    {
        CreditsPosted = Math.Max(CreditsPosted, committed.CreditsPosted);
        CreditsPending = committed.CreditsPending;
    }
}
