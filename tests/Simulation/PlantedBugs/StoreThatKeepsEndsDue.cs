using Grains.Fraud;
using Ledger;

namespace Simulation.PlantedBugs;

/// <summary>Does not strike off the end of a hold whose payment an analyst, or time, has ended.</summary>
internal sealed class StoreThatKeepsEndsDue(ILedgerStore inner) : StoreDecorator(inner)
{
    public override void Commit(IReadOnlyList<JournalEntry> entries)
    {
        foreach (var entry in entries)
            for (var index = 0; index < entry.DueDone?.Length; index++)
                if (entry.DueDone[index].Kind == HoldDue.Kind)
                    entry.DueDone[index] = entry.DueDone[index] with { Id = 0 };
        base.Commit(entries);
    }
}
