using Ledger;
using SQLitePCL;

namespace Simulation.PlantedBugs;

/// <summary>
/// Forgets each key as soon as it is committed, so that only the grain's memory knows it, until the grain goes to sleep: the
/// keys are folded into their table at once, and deleted from it behind the store's back.
/// </summary>
internal sealed class StoreThatForgetsKeys(ILedgerStore inner, string path) : StoreDecorator(inner)
{
    public override void Commit(IReadOnlyList<JournalEntry> entries)
    {
        base.Commit(entries);
        while (CatchUp())
        {
            // Until the last key is folded.
        }

        if (raw.sqlite3_open(path, out var database) != raw.SQLITE_OK || raw.sqlite3_exec(database, "DELETE FROM key") != raw.SQLITE_OK)
            throw new InvalidOperationException("The keys could not be deleted.");
        raw.sqlite3_close(database);
    }
}
