namespace Ledger.Postgres;

/// <summary>What a batch's transaction found under its locks, beside the accounts; and what the batch then makes of it.</summary>
internal sealed class LockedState
{
    /// <summary>Nothing was looked up: only for a batch that looks at accounts alone.</summary>
    public static LockedState None { get; } = new();

    /// <summary>Keys that rows before this batch took.</summary>
    public HashSet<UInt128> TakenKeys { get; } = [];

    /// <summary>Ids that the batch would open, and that are there.</summary>
    public HashSet<string> AccountIds { get; } = new(StringComparer.Ordinal);

    /// <summary>Accounts, of those that the batch would close, with transfers to other shards under way.</summary>
    public HashSet<long> InTransfer { get; } = [];

    /// <summary>Accounts that another process has for now, and for how long it may.</summary>
    public Dictionary<long, TimeSpan> OwnedElsewhere { get; } = [];

    public Dictionary<long, PendingTransfer> Holds { get; } = [];

    public HashSet<long> ChangedHolds { get; } = [];

    /// <summary>Amounts of payments, by their first rows.</summary>
    public Dictionary<long, long> Paid { get; } = [];

    /// <summary>How much of each payment went back.</summary>
    public Dictionary<long, long> Returned { get; } = [];
}
