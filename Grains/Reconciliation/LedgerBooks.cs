using Grains.Interfaces.Reconciliation;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Shards;

namespace Grains.Reconciliation;

/// <summary>The ledger's books with themselves: each shard sums to zero in each currency, and shards agree on what lies between them.</summary>
internal static class LedgerBooks
{
    private const int DuePage = 500;

    /// <summary>Due work of transfers is at most so far ahead, in milliseconds.</summary>
    private const long DueAheadMs = 60_000;

    /// <param name="isOurs">Is asked between shards: whether to go on.</param>
    /// <returns>What does not agree; null where it was not to go on.</returns>
    /// <exception cref="LedgerStoreException">A shard cannot be read for now.</exception>
    public static async Task<IReadOnlyList<ReconciliationBreak>?> Compare(LedgerShards shards, long nowMs, Func<Task<bool>> isOurs)
    {
        var breaks = new List<ReconciliationBreak>();
        var currencies = new HashSet<Currency>();
        for (var shard = 0; shard < shards.Count; shard++)
        {
            if (!await isOurs())
                return null;
            foreach (var line in await shards.Writers[shard].Reader.TrialBalance())
            {
                currencies.Add(line.Currency);
                if (!line.IsBalanced)
                    breaks.Add(new ReconciliationBreak(BreakKind.TrialBalance, $"{shard}:{line.Currency.Code}", $"Shard {shard} has {line.CreditsPosted - line.DebitsPosted} {line.Currency.Code} posted and {line.CreditsPending - line.DebitsPending} pending over, in minor units; both should be 0.", nowMs));
            }
        }

        for (var one = 0; one < shards.Count; one++)
            for (var other = one + 1; other < shards.Count; other++)
                foreach (var currency in currencies)
                {
                    if (!await isOurs())
                        return null;
                    if (await Between(shards, one, other, currency, nowMs) is { } found)
                        breaks.Add(found);
                }

        return breaks;
    }

    // Two shards are read one after the other: what nothing moved meanwhile, and nothing is on its way of, is of one moment.
    private static async Task<ReconciliationBreak?> Between(LedgerShards shards, int one, int other, Currency currency, long nowMs)
    {
        var before = (await Counters(shards, one, other, currency), await Counters(shards, other, one, currency));
        if (before.Item1.Posted + before.Item2.Posted == 0 || await IsUnderWay(shards, one, nowMs) || await IsUnderWay(shards, other, nowMs))
            return null;
        var after = (await Counters(shards, one, other, currency), await Counters(shards, other, one, currency));
        return before != after
            ? null
            : new ReconciliationBreak(BreakKind.Transit, $"{one}-{other}:{currency.Code}", $"Between shards {one} and {other} lie {after.Item1.Posted} {currency.Code} here and {after.Item2.Posted} there, in minor units; their sum should be 0.", nowMs);
    }

    private static async Task<Counters> Counters(LedgerShards shards, int shard, int peer, Currency currency) =>
        (await shards.Writers[shard].Reader.FindAccount(SystemAccountNumbers.Transit(peer, currency)))?.Counters ?? default;

    private static async Task<bool> IsUnderWay(LedgerShards shards, int shard, long nowMs)
    {
        DueItem? last = null;
        while (true)
        {
            var page = await shards.Writers[shard].Reader.Due(nowMs + DueAheadMs, DuePage, last);
            if (page.Any(static item => item.Kind == TransferDue.Kind))
                return true;
            if (page.Count < DuePage)
                return false;
            last = page[^1];
        }
    }
}
