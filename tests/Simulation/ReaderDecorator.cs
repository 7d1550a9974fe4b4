using Grains.Interfaces.Values;
using Ledger;

namespace Simulation;

/// <summary>A reader that answers as the one below does, but for what whoever derives from it changes.</summary>
internal abstract class ReaderDecorator(ILedgerReader inner) : ILedgerReader
{
    public virtual ValueTask<AccountRecord?> FindAccount(AccountId id) => Read(() => inner.FindAccount(id));

    public ValueTask<AccountRecord?> FindAccount(long number) => Read(() => inner.FindAccount(number));

    public ValueTask<IReadOnlyList<AccountRecord>> ListAccounts(long? tenant, long after, int limit, bool newestFirst) => Read(() => inner.ListAccounts(tenant, after, limit, newestFirst));

    public ValueTask<IReadOnlyList<AccountRecord>> ListFrozenAccounts(long? tenant, int limit) => Read(() => inner.ListFrozenAccounts(tenant, limit));

    public ValueTask<LogRow?> FindRow(long id) => Read(() => inner.FindRow(id));

    public ValueTask<LogRow?> FindByKey(IdempotencyKey key) => Read(() => inner.FindByKey(key));

    public ValueTask<IReadOnlyList<LogRow>> FindByKeys(IdempotencyKey first, IdempotencyKey last, int limit) => Read(() => inner.FindByKeys(first, last, limit));

    public ValueTask<IReadOnlyList<LogRow>> FindByKeys(IReadOnlyCollection<IdempotencyKey> keys) => Read(() => inner.FindByKeys(keys));

    public ValueTask<IReadOnlyList<LogRow>> FindByReference(long reference, int limit) => Read(() => inner.FindByReference(reference, limit));

    public ValueTask<IReadOnlyList<LogRow>> PaymentRows(long payment) => Read(() => inner.PaymentRows(payment));

    public ValueTask<long> AmountReturned(long payment) => Read(() => inner.AmountReturned(payment));

    public ValueTask<IReadOnlyList<LogRow>> Activity(long account, long from, int limit) => Read(() => inner.Activity(account, from, limit));

    public ValueTask<LogRow?> LastActivityAt(long account, long timeMs) => Read(() => inner.LastActivityAt(account, timeMs));

    public ValueTask<IReadOnlyList<LogRow>> RowsBefore(long beforeId, int limit, long fromMs = 0, long toMs = long.MaxValue) => Read(() => inner.RowsBefore(beforeId, limit, fromMs, toMs));

    public ValueTask<IReadOnlyList<LogRow>> RowsAfter(long position, int limit) => Read(() => inner.RowsAfter(position, limit));

    public ValueTask<IReadOnlyList<TrialBalanceLine>> TrialBalance() => Read(() => inner.TrialBalance());

    public ValueTask<Tally> Tally(long? tenant, long fromSecond) => Read(() => inner.Tally(tenant, fromSecond));

    public ValueTask<PaymentCounts> CountPayments(long? tenant, long fromSecond, long toSecond) => Read(() => inner.CountPayments(tenant, fromSecond, toSecond));

    public ValueTask<PendingTransfer?> FindHold(long id) => Read(() => inner.FindHold(id));

    public ValueTask<UnresolvedPayments> Unresolved() => Read(() => inner.Unresolved());

    public ValueTask<IReadOnlyList<DueItem>> Due(long atMs, int limit, DueItem? after = null) => Read(() => inner.Due(atMs, limit, after));

    protected virtual ValueTask<T> Read<T>(Func<ValueTask<T>> read) => read();
}
