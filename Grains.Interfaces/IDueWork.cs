namespace Grains.Interfaces;

/// <summary>
/// A grain that does work whose time has come: the end of a hold, another try of a delivery. The work was written to the ledger, with
/// its time, in the commit that caused it; at that time, of the product's clock, the shard's sweeper hands it to the grain.
/// </summary>
public interface IDueWork
{
    /// <summary>
    /// Does what is due, at least once: after a crash, a fault or a slow answer it comes again, so a second time must do no more. The
    /// commit that records what was done strikes the item off; until then it stays in the ledger and is handed over again. An
    /// exception counts as <see cref="DueOutcome.Later"/>, and is logged.
    /// </summary>
    Task<DueOutcome> DoDue(DueCall call);
}

/// <summary>Work that is due.</summary>
/// <param name="Kind">What kind of work; each kind belongs to one grain contract.</param>
/// <param name="Id">What it is about, in the words of its kind: a hold, a delivery.</param>
/// <param name="AtMs">When it was to be done, product time in milliseconds since 1970; with the rest it names the item to strike off.</param>
public sealed record DueCall(string Kind, long Id, long AtMs);

/// <summary>What became of due work.</summary>
public enum DueOutcome : byte
{
    /// <summary>It is done, by this call or before, and struck off.</summary>
    Done = 1,

    /// <summary>It could not be done now (the ledger's queue is full, a peer does not answer): to be handed over again after a while.</summary>
    Later = 2,
}
