using Ledger;

namespace Simulation.PlantedBugs;

/// <summary>Says that a batch is durable, and commits it with the next one, or when there is time.</summary>
internal sealed class StoreThatAnswersFirst(ILedgerStore inner) : StoreDecorator(inner)
{
    private IReadOnlyList<JournalEntry> behind = [];

    public override void Commit(IReadOnlyList<JournalEntry> entries)
    {
        CommitBehind();
        behind = entries;
        foreach (var entry in entries)
            entry.Outcome = Refusal.None;
    }

    public override bool CatchUp()
    {
        CommitBehind();
        return base.CatchUp();
    }

    private void CommitBehind()
    {
        if (behind.Count > 0)
            Inner.Commit(behind);
        behind = [];
    }
}
