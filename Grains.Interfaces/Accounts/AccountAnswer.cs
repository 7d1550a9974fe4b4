using Grains.Interfaces.Values;

namespace Grains.Interfaces.Accounts;

/// <summary>The number is stored: never reuse one.</summary>
public enum AccountStatus : byte
{
    Open = 1,

    /// <summary>Receives, but does not pay.</summary>
    Frozen = 2,
    Closed = 3,
}

/// <summary>An account's balance in minor units. Available = posted − pending debits.</summary>
public sealed record AccountBalance(long Posted, long PendingDebits, long PendingCredits)
{
    public long Available => checked(Posted - PendingDebits);
}

/// <summary>An account as it stands after the change that this answers.</summary>
public sealed record AccountSnapshot
{
    public required AccountId Id { get; init; }

    public required Currency Currency { get; init; }

    public required AccountStatus Status { get; init; }

    public required AccountBalance Balance { get; init; }

    /// <summary>How far below zero the balance may go, in minor units: 0 or less.</summary>
    public required long Floor { get; init; }

    public required AccountLimits Limits { get; init; }

    public string? Name { get; init; }

    public required DateTimeOffset At { get; init; }
}

public enum AccountOutcome : byte
{
    /// <summary>The change is recorded; <see cref="AccountAnswer.Account"/> has the account after it.</summary>
    Recorded = 1,
    KeyReused = 2,
    KeyInUse = 3,
    Overloaded = 4,
    Unknown = 5,

    /// <summary>An account with this id exists already.</summary>
    Exists = 6,

    /// <summary>A closed account changes no more.</summary>
    Closed = 7,

    /// <summary>Only an account at zero, without holds or transfers in flight, can be closed.</summary>
    NotEmpty = 8,

    /// <summary>The account cannot hold that much: its counters are 64-bit minor units.</summary>
    TooMuch = 9,
    Failed = 10,
    ShuttingDown = 11,

    /// <summary>The account was moved to another shard, and the grain's process has the map of before. Certainly nothing was recorded.</summary>
    Moved = 12,
}

/// <summary>The answer to a change of an account.</summary>
public sealed record AccountAnswer(AccountOutcome Outcome, AccountSnapshot? Account = null, bool Replayed = false);
