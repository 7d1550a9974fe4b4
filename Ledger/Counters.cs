namespace Ledger;

/// <summary>
/// An account's four counters in minor units. They only grow, but for the pending ones, which a post, void or expiry takes
/// back. Checked arithmetic: an overflow is a refusal, never a wrong number.
/// </summary>
public readonly record struct Counters(long DebitsPosted, long CreditsPosted, long DebitsPending, long CreditsPending)
{
    /// <summary>Posted balance: credits − debits posted.</summary>
    public long Posted => checked(CreditsPosted - DebitsPosted);

    /// <summary>Posted − pending debits.</summary>
    public long Available => checked(CreditsPosted - DebitsPosted - DebitsPending);
}
