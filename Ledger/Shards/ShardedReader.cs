using Grains.Interfaces.Values;

namespace Ledger.Shards;

/// <summary>
/// Reads all shards of a ledger: what has a number or an id is read where it is; lists and sums go over all. Each shard's answer is
/// of one moment, two shards' of two.
/// </summary>
public sealed class ShardedReader(ShardMap map, IReadOnlyList<ILedgerReader> shards) : ILedgerReader
{
    public async ValueTask<AccountRecord?> FindAccount(AccountId id) =>
        id.IsSystem ? Sum(await All(shard => shard.FindAccount(id))) : await shards[map.ShardOf(id)].FindAccount(id);

    public async ValueTask<AccountRecord?> FindAccount(long number) =>
        SystemAccountNumbers.IsSystem(number) ? Sum(await All(shard => shard.FindAccount(number))) : await Of(number).FindAccount(number);

    // Numbers ascend with the shards, so that one shard's list follows another's.
    public async ValueTask<IReadOnlyList<AccountRecord>> ListAccounts(long? tenant, long after, int limit, bool newestFirst)
    {
        var found = new List<AccountRecord>();
        var step = newestFirst ? -1 : 1;
        var first = after != 0 ? ShardNumbers.ShardOf(after) : newestFirst ? shards.Count - 1 : 0;
        for (var shard = first; shard >= 0 && shard < shards.Count && found.Count < limit; shard += step)
        {
            // Every shard has its own of each system account, with the lowest numbers: those of the first stand for all.
            var from = shard == first ? after : shard == 0 || newestFirst ? 0 : AccountRecord.FirstCustomerNumber - 1;
            var records = await shards[shard].ListAccounts(tenant, from, limit - found.Count, newestFirst);
            found.AddRange(shard == 0 ? records : records.Where(static record => !SystemAccountNumbers.IsSystem(record.Number)));
        }

        return found;
    }

    public async ValueTask<IReadOnlyList<AccountRecord>> ListFrozenAccounts(long? tenant, int limit) =>
        [.. (await All(shard => shard.ListFrozenAccounts(tenant, limit))).SelectMany(static records => records).Take(limit)];

    public ValueTask<LogRow?> FindRow(long id) => Of(id).FindRow(id);

    public async ValueTask<LogRow?> FindByKey(IdempotencyKey key) =>
        (await All(shard => shard.FindByKey(key))).FirstOrDefault(static row => row is not null);

    public async ValueTask<IReadOnlyList<LogRow>> FindByKeys(IdempotencyKey first, IdempotencyKey last, int limit) =>
        [.. (await All(shard => shard.FindByKeys(first, last, limit))).SelectMany(static rows => rows).Take(limit)];

    public async ValueTask<IReadOnlyList<LogRow>> FindByKeys(IReadOnlyCollection<IdempotencyKey> keys) =>
        [.. (await All(shard => shard.FindByKeys(keys))).SelectMany(static rows => rows)];

    public async ValueTask<IReadOnlyList<LogRow>> FindByReference(long reference, int limit) =>
        [.. (await All(shard => shard.FindByReference(reference, limit))).SelectMany(static rows => rows).Take(limit)];

    /// <inheritdoc/>
    /// <remarks>Of the payment's own shard; what another one recorded of a transfer is asked there.</remarks>
    public ValueTask<IReadOnlyList<LogRow>> PaymentRows(long payment) => Of(payment).PaymentRows(payment);

    public ValueTask<long> AmountReturned(long payment) => Of(payment).AmountReturned(payment);

    public ValueTask<IReadOnlyList<LogRow>> Activity(long account, long from, int limit) => Of(account).Activity(account, from, limit);

    public ValueTask<LogRow?> LastActivityAt(long account, long timeMs) => Of(account).LastActivityAt(account, timeMs);

    public ValueTask<IReadOnlyList<LogRow>> RowsBefore(long beforeId, int limit, long fromMs = 0, long toMs = long.MaxValue) => throw OfOneShard();

    public ValueTask<IReadOnlyList<LogRow>> RowsAfter(long position, int limit) => throw OfOneShard();

    public async ValueTask<IReadOnlyList<TrialBalanceLine>> TrialBalance()
    {
        var lines = new List<TrialBalanceLine>();
        for (var shard = 0; shard < shards.Count; shard++)
            foreach (var line in await shards[shard].TrialBalance())
                lines.Add(line with { Shard = shard });
        return lines;
    }

    public async ValueTask<Tally> Tally(long? tenant, long fromSecond)
    {
        var tallies = await All(shard => shard.Tally(tenant, fromSecond));
        return new Tally(
            new LogCursor([.. tallies.Select(static tally => tally.End[0])]), Sum(tallies.Select(static tally => tally.Total)),
            [.. tallies.SelectMany(static tally => tally.Seconds).GroupBy(static counts => counts.Second).OrderBy(static second => second.Key)
                .Select(static second => new SecondCounts(second.Key, Sum(second.Select(static counts => counts.Payments))))]);
    }

    public async ValueTask<PaymentCounts> CountPayments(long? tenant, long fromSecond, long toSecond) =>
        Sum(await All(shard => shard.CountPayments(tenant, fromSecond, toSecond)));

    public ValueTask<PendingTransfer?> FindHold(long id) => Of(id).FindHold(id);

    public async ValueTask<UnresolvedPayments> Unresolved()
    {
        var all = (await All(static shard => shard.Unresolved())).Where(static shard => shard.Count > 0).ToList();
        return all.Count == 0 ? new UnresolvedPayments(0, 0) : new UnresolvedPayments(all.Sum(static shard => shard.Count), all.Min(static shard => shard.OldestSinceMs));
    }

    public ValueTask<IReadOnlyList<DueItem>> Due(long atMs, int limit, DueItem? after = null) => throw OfOneShard();

    private ILedgerReader Of(long number) => shards[Math.Min(ShardNumbers.ShardOf(number), shards.Count - 1)];

    private async ValueTask<T[]> All<T>(Func<ILedgerReader, ValueTask<T>> read)
    {
        var answers = new T[shards.Count];
        for (var shard = 0; shard < answers.Length; shard++)
            answers[shard] = await read(shards[shard]);
        return answers;
    }

    // Every shard has its own of each system account: the ledger's is their sum.
    private static AccountRecord? Sum(AccountRecord?[] ofShards)
    {
        var there = ofShards.OfType<AccountRecord>().ToArray();
        return there.Length == 0 ? null : there[0] with
        {
            Counters = new Counters(
                there.Sum(static account => account.Counters.DebitsPosted), there.Sum(static account => account.Counters.CreditsPosted),
                there.Sum(static account => account.Counters.DebitsPending), there.Sum(static account => account.Counters.CreditsPending)),
        };
    }

    private static PaymentCounts Sum(IEnumerable<PaymentCounts> counts) =>
        counts.Aggregate(default(PaymentCounts), static (sum, one) => new PaymentCounts(sum.Settled + one.Settled, sum.Rejected + one.Rejected));

    private static NotSupportedException OfOneShard() => new("Positions, ids in order and due work are of one shard: ask that shard's own reader.");
}
