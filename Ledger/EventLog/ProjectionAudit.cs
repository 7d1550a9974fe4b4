using Ledger.Sqlite;

namespace Ledger.EventLog;

/// <summary>
/// Hands what a SQLite ledger keeps beside its log to the comparison, a page a transaction, in which the log was read to its end:
/// so it holds beside a writer.
/// </summary>
internal sealed class ProjectionAudit(SqliteDatabase database, KeptState kept, AuditFindings findings)
{
    private const long PageLength = 2_000;

    private const string SelectCounters =
        "SELECT c.account, c.debits_posted, c.credits_posted, c.debits_pending, c.credits_pending, c.event_version, c.last_row, c.activity, a.currency, a.status, a.floor, a.number " +
        "FROM counters c LEFT JOIN account a ON a.number = c.account ";

    private Dictionary<long, CounterState> tail = [];
    private long lastAccount = long.MinValue;
    private long lastHold = long.MinValue;
    private long lastReturned = long.MinValue;

    public bool ReadAccounts()
    {
        tail = CountersTail.Read(database);
        var select = database.Statement(SelectCounters + "WHERE c.account > ? ORDER BY c.account LIMIT ?").Bind(1, lastAccount).Bind(2, PageLength);
        var (from, count, withAccount) = (lastAccount, 0, 0L);
        Each(select, () =>
        {
            count++;
            lastAccount = select.Int64(0);
            withAccount += kept.Compare(Account(select)) ? 1 : 0;
        });
        var to = count == PageLength ? lastAccount : long.MaxValue;
        var accountRows = database.Statement("SELECT count(*) FROM account WHERE number > ? AND number <= ?").Bind(1, from).Bind(2, to);
        Each(accountRows, () =>
        {
            if (accountRows.Int64(0) != withAccount)
                findings.Of("account", "number", $"{accountRows.Int64(0)} accounts above number {from}, but {withAccount} of them have counters.");
        });
        var waypoints = new List<(long, long, long)>();
        var waypoint = database.Statement("SELECT account, time, row FROM waypoint WHERE account > ? AND account <= ? ORDER BY account").Bind(1, from).Bind(2, to);
        Each(waypoint, () => waypoints.Add((waypoint.Int64(0), waypoint.Int64(1), waypoint.Int64(2))));
        kept.CompareWaypoints(from, to, waypoints);
        return count == PageLength;
    }

    public void NameUncounted()
    {
        tail = CountersTail.Read(database);
        foreach (var number in kept.NotCompared)
        {
            var select = database.Statement(SelectCounters + "WHERE c.account = ?").Bind(1, number);
            var any = false;
            Each(select, () => any = kept.Compare(Account(select)));
            if (!any)
                kept.Missing(number);
        }
    }

    public bool ReadHolds()
    {
        var select = database.Statement("SELECT id, debtor, creditor, currency, authorized, posted, voided, expires_at, final FROM hold WHERE id > ? ORDER BY id LIMIT ?").Bind(1, lastHold).Bind(2, PageLength);
        var count = Each(select, () =>
        {
            lastHold = select.Int64(0);
            kept.Compare(new KeptHold(
                lastHold, select.Int64(1), select.Int64(2), select.Int64(3), select.Int64(4), select.Int64(5), select.Int64(6), select.Int64(7), select.Int64(8)));
        });
        if (count == PageLength)
            return true;
        // The newest page was read in this transaction: whatever the log has is there, and ids of later holds may be lower, but not theirs.
        foreach (var id in kept.HoldsNotSeen.Where(id => !Exists("SELECT 1 FROM hold WHERE id = ?", id)))
            kept.MissingHold(id);
        return false;
    }

    public bool ReadReturned()
    {
        var select = database.Statement("SELECT payment, amount FROM returned WHERE payment > ? ORDER BY payment LIMIT ?").Bind(1, lastReturned).Bind(2, PageLength);
        var count = Each(select, () =>
        {
            lastReturned = select.Int64(0);
            kept.CompareReturned(lastReturned, select.Int64(1));
        });
        if (count == PageLength)
            return true;
        foreach (var payment in kept.ReturnedNotSeen.Where(payment => !Exists("SELECT 1 FROM returned WHERE payment = ?", payment)))
            kept.MissingReturned(payment);
        return false;
    }

    private KeptAccount Account(PreparedStatement select)
    {
        var number = select.Int64(0);
        var isNewer = tail.TryGetValue(number, out var now);
        if (!isNewer)
        {
            now = new CounterState { DebitsPosted = select.Int64(1), CreditsPosted = select.Int64(2), DebitsPending = select.Int64(3), CreditsPending = select.Int64(4), LastRow = select.Int64(6), Activity = select.Int64(7) };
        }

        return new KeptAccount(
            number, isNewer ? "counters_tail" : "counters", new Counters(now.DebitsPosted, now.CreditsPosted, now.DebitsPending, now.CreditsPending), isNewer ? now.EventVersion : select.Int64(5), now.LastRow, now.Activity,
            !select.IsNull(11), select.Int64(8), select.Int64(9), select.NullableInt64(10));
    }

    private bool Exists(string sql, long id) => Each(database.Statement(sql).Bind(1, id), static () => { }) > 0;

    private static int Each(PreparedStatement select, Action row)
    {
        var count = 0;
        try
        {
            for (; select.Step(); count++)
                row();
        }
        finally
        {
            select.Reset();
        }

        return count;
    }
}
