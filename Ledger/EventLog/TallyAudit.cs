using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Ledger.EventLog;

/// <summary>
/// Compares the counts of settled and rejected payments (by second and in all, for each tenant) with the rows of the log. A count of
/// each second would fill the memory over the years: the log's and the table's are compared as sums, in which each second has a
/// weight of this run, so that no two changes cancel out but by chance.
/// </summary>
internal sealed class TallyAudit(Func<long, long> tenantOf, AuditFindings findings)
{
    private const long Everyone = TallyRule.Everyone;

    private readonly ulong seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private readonly Dictionary<long, long> tenants = [];
    private readonly Dictionary<long, Counted> expected = [];

    public void Note(LogRow row)
    {
        if (!TallyRule.IsCounted(row))
            return;
        var (second, settled, rejected) = (row.TimeMs / 1_000, TallyRule.IsSettled(row) ? 1 : 0, TallyRule.IsSettled(row) ? 0 : 1);
        var (forEveryone, first, other) = TallyRule.Tenants(row, Tenant(row.Debtor), row.Creditor == 0 ? Everyone : Tenant(row.Creditor));
        if (forEveryone)
            Count(expected, Everyone, second, settled, rejected);
        if (first != Everyone)
            Count(expected, first, second, settled, rejected);
        if (other != Everyone)
            Count(expected, other, second, settled, rejected);
    }

    /// <summary>In a transaction in which the log was read to its end: every count is of this very moment, so it is one transaction for all.</summary>
    public void Compare(IEnumerable<(long Tenant, long Second, long Settled, long Rejected)> countedSeconds, IEnumerable<(long Tenant, long Settled, long Rejected)> countedTotals)
    {
        var seconds = new Dictionary<long, Counted>();
        foreach (var (tenant, second, settled, rejected) in countedSeconds)
            Count(seconds, tenant, second, settled, rejected);
        var totals = new Dictionary<long, Counted>();
        foreach (var (tenant, settled, rejected) in countedTotals)
            totals[tenant] = new Counted { Settled = settled, Rejected = rejected };
        foreach (var tenant in expected.Keys.Union(seconds.Keys).Union(totals.Keys).Order())
        {
            var (log, bySecond, total) = (expected.GetValueOrDefault(tenant), seconds.GetValueOrDefault(tenant), totals.GetValueOrDefault(tenant));
            if (log.SettledSum != bySecond.SettledSum)
                findings.Of("tally_second", "settled", $"The log has other settled payments by second of tenant {tenant} than are counted: {log.Settled} in all, and {bySecond.Settled} stand there.");
            if (log.RejectedSum != bySecond.RejectedSum)
                findings.Of("tally_second", "rejected", $"The log has other rejected payments by second of tenant {tenant} than are counted: {log.Rejected} in all, and {bySecond.Rejected} stand there.");
            if (log.Settled != total.Settled)
                findings.Of("tally_total", "settled", $"The log comes to {log.Settled} settled payments of tenant {tenant}, but {total.Settled} stands there.");
            if (log.Rejected != total.Rejected)
                findings.Of("tally_total", "rejected", $"The log comes to {log.Rejected} rejected payments of tenant {tenant}, but {total.Rejected} stands there.");
        }
    }

    private long Tenant(long account) => tenants.TryGetValue(account, out var known) ? known : tenants[account] = tenantOf(account);

    private void Count(Dictionary<long, Counted> sums, long tenant, long second, long settled, long rejected)
    {
        ref var counted = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, tenant, out _);
        unchecked
        {
            counted.Settled += settled;
            counted.Rejected += rejected;
            var weight = Mix((ulong)second ^ seed);
            counted.SettledSum += weight * (ulong)settled;
            counted.RejectedSum += weight * (ulong)rejected;
        }
    }

    // Odd, so that no count but zero has the weight zero.
    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
            return (value ^ (value >> 31)) | 1;
        }
    }

    private struct Counted
    {
        public long Settled;
        public long Rejected;
        public ulong SettledSum;
        public ulong RejectedSum;
    }
}
