namespace Ledger;

/// <summary>
/// The way of one grain's entries to the ledger, in order. After a refusal every entry of the same generation is refused too,
/// however many batches later it comes, since it was decided on the refused one; versions alone do not show that where another
/// owner advances them. The grain starts a new generation once it has heard of all its entries.
/// </summary>
public sealed class WriterLane
{
    private int generation = 1;
    private int refusedGeneration;

    /// <summary>Called in the grain's turn, when none of its entries is in flight.</summary>
    public void StartGeneration() => generation++;

    internal void Admit(JournalEntry entry) => entry.Generation = generation;

    /// <summary>Called by the writer's thread.</summary>
    internal bool Refuses(JournalEntry entry) => entry.Generation <= refusedGeneration;

    /// <summary>Called by the writer's thread.</summary>
    internal void Refused(JournalEntry entry) => refusedGeneration = Math.Max(refusedGeneration, entry.Generation);
}
