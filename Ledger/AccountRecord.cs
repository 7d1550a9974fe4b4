using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;

namespace Ledger;

/// <summary>An account as the ledger keeps it: what it is, its counters, and the version that fences stale writers.</summary>
public sealed record AccountRecord
{
    /// <summary>Numbers below this are system accounts; every other number is the id of the account's first row in the log.</summary>
    public const long FirstCustomerNumber = 100_000;

    private ulong keyScope;

    public required long Number { get; init; }

    public required AccountId Id { get; init; }

    /// <summary>What stands for the account in the idempotency keys of its payments (<see cref="IdempotencyKey.Scope"/>): computed once, since each payment needs it.</summary>
    public ulong KeyScope => keyScope != 0 ? keyScope : keyScope = IdempotencyKey.Scope(Id.Value);

    /// <summary>The tenant that it belongs to; 0 is the product itself.</summary>
    public required long Tenant { get; init; }

    public required Currency Currency { get; init; }

    public required AccountStatus Status { get; init; }

    /// <summary>How far below zero available may go, 0 or less; null is no rule (system accounts).</summary>
    public required long? Floor { get; init; }

    public required AccountLimits Limits { get; init; }

    public required Counters Counters { get; init; }

    /// <summary>Advances with each committed entry that the account's grain decided.</summary>
    public required long Version { get; init; }

    /// <summary>The version of the account as a subject of events: 1 after <c>account.opened</c>.</summary>
    public required int EventVersion { get; init; }

    /// <summary>The id of the newest log row that touches the account; 0 where there is none.</summary>
    public required long LastRow { get; init; }

    /// <summary>How many log rows touch the account.</summary>
    public required long Activity { get; init; }

    /// <summary>The account's data key, wrapped by the key file; null for a system account.</summary>
    public required byte[]? WrappedDataKey { get; init; }

    /// <summary>The account's name, sealed under its data key.</summary>
    public required byte[]? SealedName { get; init; }

    public required long OpenedAtMs { get; init; }
}
