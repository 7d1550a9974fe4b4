using Grains.Interfaces.Values;
using Ledger;

namespace Simulation.PlantedBugs;

/// <summary>
/// After a conflict the grain reads its account again, and gets what it had before: as if the reload were lost.
/// </summary>
internal sealed class StoreThatLosesReloads : StoreDecorator
{
    private readonly LosingReader reader;

    public StoreThatLosesReloads(ILedgerStore inner)
        : base(inner) => reader = new LosingReader(inner.Reader);

    public override ILedgerReader Reader => reader;

    public override void Commit(IReadOnlyList<JournalEntry> entries)
    {
        base.Commit(entries);
        foreach (var entry in entries)
            if (entry.Outcome == Refusal.StaleVersion)
                reader.LoseNextReload(entry.Owner);
    }

    private sealed class LosingReader(ILedgerReader inner) : ReaderDecorator(inner)
    {
        private readonly Dictionary<AccountId, AccountRecord> lastRead = [];
        private readonly HashSet<long> losing = [];

        public void LoseNextReload(long account) => losing.Add(account);

        public override async ValueTask<AccountRecord?> FindAccount(AccountId id)
        {
            if (lastRead.TryGetValue(id, out var before) && losing.Remove(before.Number))
                return before;
            if (await base.FindAccount(id) is not { } account)
                return null;
            return lastRead[id] = account;
        }
    }
}
