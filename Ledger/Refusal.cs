namespace Ledger;

/// <summary>
/// Why the commit refused an entry, in the order in which it looks. A refused entry leaves no trace; the rest of its batch commits.
/// </summary>
public enum Refusal : byte
{
    /// <summary>Not refused: the entry is durable.</summary>
    None = 0,

    /// <summary>An earlier entry of the same grain was refused, and this one was decided on it.</summary>
    DecidedOnRefused = 1,

    /// <summary>The idempotency key is taken.</summary>
    DuplicateKey = 2,

    /// <summary>The account that is to be opened exists.</summary>
    AccountExists = 3,

    /// <summary>An account that the entry names does not exist.</summary>
    UnknownAccount = 4,

    /// <summary>The account moved on since the entry was decided.</summary>
    StaleVersion = 5,

    /// <summary>There is no such pending transfer, or it is final.</summary>
    HoldNotOpen = 6,

    /// <summary>The pending transfer's time is over (whether or not the sweep came by).</summary>
    HoldExpired = 7,

    /// <summary>Posted + voided would pass authorized.</summary>
    HoldExceeded = 8,

    /// <summary>The debtor account is closed.</summary>
    DebtorClosed = 9,

    /// <summary>The creditor account is closed.</summary>
    CreditorClosed = 10,

    /// <summary>The currencies of the accounts and the transfer differ.</summary>
    CurrencyMismatch = 11,

    /// <summary>Credits + floor ≥ debits would no longer hold.</summary>
    AccountRule = 12,

    /// <summary>A counter would pass 64 bits.</summary>
    CounterOverflow = 13,

    /// <summary>More would go back than was paid.</summary>
    ReturnExceedsPayment = 14,

    /// <summary>An account with a balance, holds or transfers in flight cannot be closed.</summary>
    AccountNotEmpty = 15,

    /// <summary>The database could not write this very entry and named no reason: it is recorded nowhere.</summary>
    NotWritable = 16,

    /// <summary>The outcome of its batch was lost, and it is now known not to have committed, and never will.</summary>
    OutcomeLost = 17,

    /// <summary>The account's bucket is on another shard: this process has an old map.</summary>
    WrongShard = 18,
}
