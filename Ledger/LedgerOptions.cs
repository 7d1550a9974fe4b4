using System.ComponentModel.DataAnnotations;

namespace Ledger;

/// <summary>Limits of the ledger writer: configuration section <c>Payments:Ledger</c>.</summary>
public sealed class LedgerOptions
{
    /// <summary>How many entries may wait for a commit. Beyond it, new ones are refused at once, and nothing of them is recorded.</summary>
    [Range(1, 1_000_000)]
    public int QueueLimit { get; set; } = 10_000;

    /// <summary>The most entries that one database transaction takes.</summary>
    [Range(1, 10_000)]
    public int MaxBatch { get; set; } = 1_000;

    /// <summary>How many ids a process leases at a time.</summary>
    [Range(1_000, 100_000_000)]
    public int IdBlock { get; set; } = 1_000_000;

    /// <summary>The longest wait between two tries of a store that fails for now, in milliseconds.</summary>
    [Range(1, 60_000)]
    public int MaxRetryDelayMs { get; set; } = 1_000;

    /// <summary>
    /// How long nothing must have come before indexes and checkpoints catch up with the log, in milliseconds: a fold of its own
    /// costs a sync, which the next payment would wait for.
    /// </summary>
    [Range(1, 60_000)]
    public int QuietMs { get; set; } = 100;
}
