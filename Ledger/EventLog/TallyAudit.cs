using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Grains.Interfaces.Events;
using Ledger.Sqlite;

namespace Ledger.EventLog;

/// <summary>
/// Compares the counts of settled and rejected payments (by second and in all, for each tenant) with the rows of the log. A count of
/// each second would fill the memory over the years: the log's and the table's are compared as sums, in which each second has a
/// weight of this run, so that no two changes cancel out but by chance.
/// </summary>
internal sealed class TallyAudit(SqliteDatabase database, AuditFindings findings)
{
    private const long Everyone = 0;

    private readonly ulong seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private readonly Dictionary<long, long> tenants = [];
    private readonly Dictionary<long, Counted> expected = [];

    public void Note(LogRow row)
    {
        if (row.Type is not (EventType.PaymentSettled or EventType.PaymentRejected))
            return;
        var (second, settled, rejected) = (row.TimeMs / 1_000, row.Type == EventType.PaymentSettled ? 1 : 0, row.Type == EventType.PaymentRejected ? 1 : 0);
        var (debtor, creditor) = (Tenant(row.Debtor), row.Creditor == 0 ? Everyone : Tenant(row.Creditor));
        Count(expected, Everyone, second, settled, rejected);
        if (debtor != Everyone)
            Count(expected, debtor, second, settled, rejected);
        if (creditor != Everyone && creditor != debtor)
            Count(expected, creditor, second, settled, rejected);
    }

    /// <summary>In a transaction in which the log was read to its end: every count is of this very moment, so it is one transaction for all.</summary>
    public void Compare()
    {
        var seconds = new Dictionary<long, Counted>();
        Each("SELECT tenant, second, settled, rejected FROM tally_second", row => Count(seconds, row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3)));
        var totals = new Dictionary<long, Counted>();
        Each("SELECT tenant, settled, rejected FROM tally_total", row => totals[row.Int64(0)] = new Counted { Settled = row.Int64(1), Rejected = row.Int64(2) });
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

    private long Tenant(long account)
    {
        if (tenants.TryGetValue(account, out var known))
            return known;
        var select = database.Statement("SELECT tenant FROM account WHERE number = ?").Bind(1, account);
        var tenant = select.Step() ? select.Int64(0) : Everyone;
        select.Reset();
        return tenants[account] = tenant;
    }

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

    private void Each(string sql, Action<PreparedStatement> row)
    {
        var select = database.Statement(sql);
        try
        {
            while (select.Step())
                row(select);
        }
        finally
        {
            select.Reset();
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
