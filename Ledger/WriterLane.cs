namespace Ledger;

/// <summary>
/// The way of one grain's entries to the ledger, in order. After a refusal every entry of the same generation is refused too,
/// however many batches later it comes, since it was decided on the refused one; versions alone do not show that where another
/// owner advances them. The grain starts a new generation once it has heard of all its entries.
/// </summary>
public sealed class WriterLane
{
    private int generation = 1;
    private int refusedInAttempt;
    private int refusedGeneration;

    /// <summary>Called in the grain's turn, when none of its entries is in flight.</summary>
    public void StartGeneration() => generation++;

    internal void Admit(JournalEntry entry) => entry.Generation = generation;

    /// <summary>Called by the writer's thread.</summary>
    internal bool Refuses(JournalEntry entry) => entry.Generation <= refusedInAttempt;

    /// <summary>Called by the writer's thread, while it tries a batch.</summary>
    internal void Refused(JournalEntry entry) => refusedInAttempt = Math.Max(refusedInAttempt, entry.Generation);

    /// <summary>The batch's outcomes are final: called by the writer's thread for each refused entry.</summary>
    internal void Settle(JournalEntry entry) => refusedGeneration = Math.Max(refusedGeneration, entry.Generation);

    /// <summary>The batch failed, so its refusals say nothing: the next try looks anew. Called by the writer's thread.</summary>
    internal void ForgetAttempt() => refusedInAttempt = refusedGeneration;
}
