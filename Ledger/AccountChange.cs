using Grains.Interfaces.Accounts;

namespace Ledger;

/// <summary>What an entry changes of its owner beside the counters.</summary>
public abstract record AccountChange
{
    private AccountChange()
    {
    }

    /// <summary>Opens the account; its number is the id of the entry's first row.</summary>
    public sealed record Open(AccountRecord Account) : AccountChange;

    public sealed record Status(AccountStatus To) : AccountChange;

    public sealed record Limits(AccountLimits To) : AccountChange;
}
