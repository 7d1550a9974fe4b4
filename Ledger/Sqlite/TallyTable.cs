using System.Runtime.InteropServices;
using Ledger.Shards;

namespace Ledger.Sqlite;

/// <summary>
/// Payments counted by second and tenant: gathered in memory over a batch and written with it, so that a batch costs a few
/// upserts however many payments it has, and a batch that is rolled back counted nothing.
/// </summary>
internal sealed class TallyTable(SqliteDatabase database)
{
    private const long Everyone = TallyRule.Everyone;

    private readonly Dictionary<(long Tenant, long Second), (long Settled, long Rejected)> counted = [];

    /// <summary>Forgets what a batch counted that was never written.</summary>
    public void Start() => counted.Clear();

    /// <summary>Counts a row whose entry is accepted.</summary>
    public void Count(LogRow row, AccountRow debtor, AccountRow? creditor)
    {
        if (!TallyRule.IsCounted(row))
            return;
        var second = row.TimeMs / 1_000;
        var (forEveryone, first, other) = TallyRule.Tenants(row, debtor.Tenant, creditor?.Tenant ?? Everyone);
        if (forEveryone)
            Count(Everyone, second, row);
        if (first != Everyone)
            Count(first, second, row);
        if (other != Everyone)
            Count(other, second, row);
    }

    public void Write()
    {
        if (counted.Count == 0)
            return;
        var ofSecond = database.Statement(
            "INSERT INTO tally_second (tenant, second, settled, rejected) VALUES (?,?,?,?) " +
            "ON CONFLICT (tenant, second) DO UPDATE SET settled = settled + excluded.settled, rejected = rejected + excluded.rejected");
        var inAll = database.Statement(
            "INSERT INTO tally_total (tenant, settled, rejected) VALUES (?,?,?) " +
            "ON CONFLICT (tenant) DO UPDATE SET settled = settled + excluded.settled, rejected = rejected + excluded.rejected");
        foreach (var ((tenant, second), (settled, rejected)) in counted)
        {
            ofSecond.Bind(1, tenant).Bind(2, second).Bind(3, settled).Bind(4, rejected).Run();
            inAll.Bind(1, tenant).Bind(2, settled).Bind(3, rejected).Run();
        }

        counted.Clear();
    }

    public static Tally Read(SqliteDatabase database, long? tenant, long fromSecond)
    {
        // One transaction is one moment: the position, the totals and the seconds agree.
        database.Statement("BEGIN").Run();
        try
        {
            var position = database.Statement("SELECT coalesce(max(last_position), 0) FROM batch WHERE first_position = (SELECT max(first_position) FROM batch)");
            position.Step();
            var at = position.Int64(0);
            position.Reset();
            var total = database.Statement("SELECT settled, rejected FROM tally_total WHERE tenant = ?").Bind(1, tenant ?? Everyone);
            var all = total.Step() ? new PaymentCounts(total.Int64(0), total.Int64(1)) : default;
            total.Reset();
            return new Tally(LogCursor.At(at), all, Seconds(database, tenant, fromSecond));
        }
        finally
        {
            database.RollBack();
        }
    }

    public static PaymentCounts Sum(SqliteDatabase database, long? tenant, long fromSecond, long toSecond)
    {
        var select = database.Statement("SELECT coalesce(sum(settled), 0), coalesce(sum(rejected), 0) FROM tally_second WHERE tenant = ? AND second >= ? AND second < ?")
            .Bind(1, tenant ?? Everyone).Bind(2, fromSecond).Bind(3, toSecond);
        select.Step();
        var sum = new PaymentCounts(select.Int64(0), select.Int64(1));
        select.Reset();
        return sum;
    }

    private static List<SecondCounts> Seconds(SqliteDatabase database, long? tenant, long fromSecond)
    {
        var seconds = new List<SecondCounts>();
        var select = database.Statement("SELECT second, settled, rejected FROM tally_second WHERE tenant = ? AND second >= ? ORDER BY second")
            .Bind(1, tenant ?? Everyone).Bind(2, fromSecond);
        while (select.Step())
            seconds.Add(new SecondCounts(select.Int64(0), new PaymentCounts(select.Int64(1), select.Int64(2))));
        return seconds;
    }

    private void Count(long tenant, long second, LogRow row)
    {
        ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(counted, (tenant, second), out _);
        if (TallyRule.IsSettled(row))
            counts.Settled++;
        else
            counts.Rejected++;
    }
}
