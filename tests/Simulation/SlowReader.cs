using Grains.Interfaces.Values;
using Ledger;

namespace Simulation;

/// <summary>
/// Reads that take a while, as over a network: the answer is of some moment between asking and hearing, and other turns run
/// in between.
/// </summary>
internal sealed class SlowReader(ILedgerReader inner, StoreFaults faults, Random random, Action<Action> later) : ILedgerReader
{
    public ValueTask<AccountRecord?> FindAccount(AccountId id) => Slowly(() => inner.FindAccount(id));

    public ValueTask<AccountRecord?> FindAccount(long number) => Slowly(() => inner.FindAccount(number));

    public ValueTask<IReadOnlyList<AccountRecord>> ListAccounts(long? tenant, long after, int limit, bool newestFirst) => Slowly(() => inner.ListAccounts(tenant, after, limit, newestFirst));

    public ValueTask<IReadOnlyList<AccountRecord>> ListFrozenAccounts(long? tenant, int limit) => Slowly(() => inner.ListFrozenAccounts(tenant, limit));

    public ValueTask<LogRow?> FindRow(long id) => Slowly(() => inner.FindRow(id));

    public ValueTask<LogRow?> FindByKey(IdempotencyKey key) => Slowly(() => inner.FindByKey(key));

    public ValueTask<IReadOnlyList<LogRow>> FindByKeys(IdempotencyKey first, IdempotencyKey last, int limit) => Slowly(() => inner.FindByKeys(first, last, limit));

    public ValueTask<IReadOnlyList<LogRow>> FindByReference(long reference, int limit) => Slowly(() => inner.FindByReference(reference, limit));

    public ValueTask<IReadOnlyList<LogRow>> PaymentRows(long payment) => Slowly(() => inner.PaymentRows(payment));

    public ValueTask<long> AmountReturned(long payment) => Slowly(() => inner.AmountReturned(payment));

    public ValueTask<IReadOnlyList<LogRow>> Activity(long account, long from, int limit) => Slowly(() => inner.Activity(account, from, limit));

    public ValueTask<LogRow?> LastActivityAt(long account, long timeMs) => Slowly(() => inner.LastActivityAt(account, timeMs));

    public ValueTask<IReadOnlyList<LogRow>> RowsBefore(long beforeId, int limit) => Slowly(() => inner.RowsBefore(beforeId, limit));

    public ValueTask<IReadOnlyList<LogRow>> RowsAfter(long position, int limit) => Slowly(() => inner.RowsAfter(position, limit));

    public ValueTask<IReadOnlyList<TrialBalanceLine>> TrialBalance() => Slowly(inner.TrialBalance);

    public ValueTask<Tally> Tally(long? tenant, long fromSecond) => Slowly(() => inner.Tally(tenant, fromSecond));

    public ValueTask<PaymentCounts> CountPayments(long? tenant, long fromSecond, long toSecond) => Slowly(() => inner.CountPayments(tenant, fromSecond, toSecond));

    public ValueTask<PendingTransfer?> FindHold(long id) => Slowly(() => inner.FindHold(id));

    public ValueTask<IReadOnlyList<DueItem>> Due(long atMs, int limit) => Slowly(() => inner.Due(atMs, limit));

    private ValueTask<T> Slowly<T>(Func<ValueTask<T>> read)
    {
        if (!faults.SlowReads || random.Next(3) == 0)
            return read();
        return random.Next(2) == 0 ? AnswerLater(read()) : ReadLater(read);
    }

    private ValueTask<T> AnswerLater<T>(ValueTask<T> read)
    {
        var answer = new TaskCompletionSource<T>();
        var result = read.AsTask();
        later(() => answer.SetFromTask(result));
        return new ValueTask<T>(answer.Task);
    }

    private ValueTask<T> ReadLater<T>(Func<ValueTask<T>> read)
    {
        var answer = new TaskCompletionSource<T>();
        later(() => answer.SetFromTask(read().AsTask()));
        return new ValueTask<T>(answer.Task);
    }
}
