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

    private sealed class LosingReader(ILedgerReader inner) : ILedgerReader
    {
        private readonly Dictionary<AccountId, AccountRecord> lastRead = [];
        private readonly HashSet<long> losing = [];

        public void LoseNextReload(long account) => losing.Add(account);

        public async ValueTask<AccountRecord?> FindAccount(AccountId id)
        {
            if (lastRead.TryGetValue(id, out var before) && losing.Remove(before.Number))
                return before;
            if (await inner.FindAccount(id) is not { } account)
                return null;
            return lastRead[id] = account;
        }

        public ValueTask<AccountRecord?> FindAccount(long number) => inner.FindAccount(number);

        public ValueTask<IReadOnlyList<AccountRecord>> ListAccounts(long? tenant, long after, int limit, bool newestFirst) => inner.ListAccounts(tenant, after, limit, newestFirst);

        public ValueTask<IReadOnlyList<AccountRecord>> ListFrozenAccounts(long? tenant, int limit) => inner.ListFrozenAccounts(tenant, limit);

        public ValueTask<Tally> Tally(long? tenant, long fromSecond) => inner.Tally(tenant, fromSecond);

        public ValueTask<PaymentCounts> CountPayments(long? tenant, long fromSecond, long toSecond) => inner.CountPayments(tenant, fromSecond, toSecond);

        public ValueTask<LogRow?> FindRow(long id) => inner.FindRow(id);

        public ValueTask<LogRow?> FindByKey(IdempotencyKey key) => inner.FindByKey(key);

        public ValueTask<IReadOnlyList<LogRow>> FindByKeys(IdempotencyKey first, IdempotencyKey last, int limit) => inner.FindByKeys(first, last, limit);

        public ValueTask<IReadOnlyList<LogRow>> FindByReference(long reference, int limit) => inner.FindByReference(reference, limit);

        public ValueTask<IReadOnlyList<LogRow>> PaymentRows(long payment) => inner.PaymentRows(payment);

        public ValueTask<long> AmountReturned(long payment) => inner.AmountReturned(payment);

        public ValueTask<IReadOnlyList<LogRow>> Activity(long account, long from, int limit) => inner.Activity(account, from, limit);

        public ValueTask<LogRow?> LastActivityAt(long account, long timeMs) => inner.LastActivityAt(account, timeMs);

        public ValueTask<IReadOnlyList<LogRow>> RowsBefore(long beforeId, int limit) => inner.RowsBefore(beforeId, limit);

        public ValueTask<IReadOnlyList<LogRow>> RowsAfter(long position, int limit) => inner.RowsAfter(position, limit);

        public ValueTask<IReadOnlyList<TrialBalanceLine>> TrialBalance() => inner.TrialBalance();

        public ValueTask<PendingTransfer?> FindHold(long id) => inner.FindHold(id);

        public ValueTask<IReadOnlyList<DueItem>> Due(long atMs, int limit) => inner.Due(atMs, limit);
    }
}
