using Grains.Interfaces.Values;
using Ledger.Sqlite;

namespace Ledger.EventLog;

/// <summary>
/// Compares what is kept beside the log (counters, status, waypoints, pending transfers, returned amounts) with the replay, a
/// page a transaction, in which the log was read to its end: so it holds beside a writer.
/// </summary>
internal sealed class ProjectionAudit(SqliteDatabase database, AccountReplay accounts, HoldReplay holds, AuditFindings findings)
{
    private const long PageLength = 2_000;

    private readonly HashSet<long> holdsSeen = [];
    private readonly HashSet<long> returnedSeen = [];
    private Dictionary<long, CounterState> tail = [];
    private long lastAccount = long.MinValue;
    private long lastHold = long.MinValue;
    private long lastReturned = long.MinValue;

    private const string SelectCounters =
        "SELECT c.account, c.debits_posted, c.credits_posted, c.debits_pending, c.credits_pending, c.event_version, c.last_row, c.activity, a.currency, a.status, a.floor, a.number " +
        "FROM counters c LEFT JOIN account a ON a.number = c.account ";

    public bool ReadAccounts()
    {
        tail = CountersTail.Read(database);
        var select = database.Statement(SelectCounters + "WHERE c.account > ? ORDER BY c.account LIMIT ?").Bind(1, lastAccount).Bind(2, PageLength);
        var (from, count, withAccount) = (lastAccount, 0, 0L);
        Each(select, () =>
        {
            count++;
            lastAccount = select.Int64(0);
            withAccount += Compare(select) ? 1 : 0;
        });
        var to = count == PageLength ? lastAccount : long.MaxValue;
        var accountRows = database.Statement("SELECT count(*) FROM account WHERE number > ? AND number <= ?").Bind(1, from).Bind(2, to);
        Each(accountRows, () =>
        {
            if (accountRows.Int64(0) != withAccount)
                findings.Of("account", "number", $"{accountRows.Int64(0)} accounts above number {from}, but {withAccount} of them have counters.");
        });
        CompareWaypoints(from, to);
        return count == PageLength;
    }

    /// <summary>Accounts of the log that have no counters. One that was opened meanwhile may have a number that was passed already.</summary>
    public void NameUncounted()
    {
        tail = CountersTail.Read(database);
        foreach (var number in accounts.Numbers.Where(number => !accounts.Of(number).Compared).ToList())
        {
            var select = database.Statement(SelectCounters + "WHERE c.account = ?").Bind(1, number);
            var any = false;
            Each(select, () => any = Compare(select));
            if (!any)
                findings.Add("counters", accounts.Of(number).LastRow, 0, "account", $"Account {number} is in the log, but is not kept with its counters.");
        }
    }

    public bool ReadHolds()
    {
        var select = database.Statement("SELECT id, debtor, creditor, currency, authorized, posted, voided, expires_at, final FROM hold WHERE id > ? ORDER BY id LIMIT ?").Bind(1, lastHold).Bind(2, PageLength);
        var count = Each(select, () =>
        {
            lastHold = select.Int64(0);
            holdsSeen.Add(lastHold);
            if (!holds.Holds.TryGetValue(lastHold, out var hold))
            {
                findings.Add("hold", lastHold, 0, "id", "No row of the log made this pending transfer.");
                return;
            }

            Field("hold", lastHold, "debtor", hold.Debtor, select.Int64(1));
            Field("hold", lastHold, "creditor", hold.Creditor, select.Int64(2));
            Field("hold", lastHold, "currency", hold.Currency.Number, select.Int64(3));
            Field("hold", lastHold, "authorized", hold.Authorized, select.Int64(4));
            Field("hold", lastHold, "posted", hold.Posted, select.Int64(5));
            Field("hold", lastHold, "voided", hold.Voided, select.Int64(6));
            Field("hold", lastHold, "expires_at", hold.ExpiresAtMs, select.Int64(7));
            Field("hold", lastHold, "final", hold.Final ? 1 : 0, select.Int64(8));
        });
        if (count == PageLength)
            return true;
        // The newest page was read in this transaction: whatever the log has is there, and ids of later holds may be lower, but not theirs.
        foreach (var id in holds.Holds.Keys.Where(id => !holdsSeen.Contains(id) && !Exists("SELECT 1 FROM hold WHERE id = ?", id)))
            findings.Add("hold", id, 0, "id", "The pending transfer is in the log, but not kept.");
        return false;
    }

    public bool ReadReturned()
    {
        var select = database.Statement("SELECT payment, amount FROM returned WHERE payment > ? ORDER BY payment LIMIT ?").Bind(1, lastReturned).Bind(2, PageLength);
        var count = Each(select, () =>
        {
            lastReturned = select.Int64(0);
            returnedSeen.Add(lastReturned);
            Field("returned", lastReturned, "amount", holds.Returned.GetValueOrDefault(lastReturned), select.Int64(1));
        });
        if (count == PageLength)
            return true;
        foreach (var payment in holds.Returned.Keys.Where(payment => !returnedSeen.Contains(payment) && !Exists("SELECT 1 FROM returned WHERE payment = ?", payment)))
            findings.Add("returned", payment, 0, "payment", "Money of the payment went back, but no sum is kept.");
        return false;
    }

    public void CheckTrialBalance()
    {
        foreach (var (currency, (debits, credits)) in accounts.TrialBalance())
            if (debits != credits)
                findings.Of("counters", "debits_posted", $"Accounts in {(Currency.Exists(currency) ? Currency.FromNumber(currency).Code : currency)} do not sum to zero: debits {debits}, credits {credits}.");
    }

    private bool Compare(PreparedStatement select)
    {
        var number = select.Int64(0);
        var state = accounts.Of(number);
        if (state.Activity > 0)
            accounts.MarkCompared(number);
        var row = state.LastRow;
        var isNewer = tail.TryGetValue(number, out var newer);
        void Counter(string field, long expected, long inTail, int column) =>
            Field(isNewer ? "counters_tail" : "counters", row, field, expected, isNewer ? inTail : select.Int64(column), number);
        Counter("debits_posted", state.Counters.DebitsPosted, newer.DebitsPosted, 1);
        Counter("credits_posted", state.Counters.CreditsPosted, newer.CreditsPosted, 2);
        Counter("debits_pending", state.Counters.DebitsPending, newer.DebitsPending, 3);
        Counter("credits_pending", state.Counters.CreditsPending, newer.CreditsPending, 4);
        Counter("event_version", state.EventVersion, newer.EventVersion, 5);
        Counter("last_row", state.LastRow, newer.LastRow, 6);
        Counter("activity", state.Activity, newer.Activity, 7);
        if (select.IsNull(11))
        {
            findings.Add("account", row, 0, "number", $"There are counters of account {number}, but not the account.");
            return false;
        }

        if (state.Activity > 0)
        {
            Field("account", row, "currency", state.Currency, select.Int64(8), number);
            Field("account", row, "status", (long)state.Status, select.Int64(9), number);
        }

        if (select.NullableInt64(10) is { } floor && (Int128)state.Counters.CreditsPosted - floor < (Int128)state.Counters.DebitsPosted + state.Counters.DebitsPending)
            findings.Add("account", row, 0, "floor", $"Account {number} is below its floor of {floor}.");
        return true;
    }

    private void CompareWaypoints(long from, long to)
    {
        var select = database.Statement("SELECT account, time, row FROM waypoint WHERE account > ? AND account <= ? ORDER BY account").Bind(1, from).Bind(2, to);
        var sums = new Dictionary<long, ulong>();
        Each(select, () => sums[select.Int64(0)] = unchecked(sums.GetValueOrDefault(select.Int64(0)) + AccountReplay.WaypointHash(select.Int64(1), select.Int64(2))));
        foreach (var number in accounts.Numbers.Where(number => number > from && number <= to && accounts.Of(number).Waypoints != 0).Union(sums.Keys))
            if (accounts.Of(number).Waypoints != sums.GetValueOrDefault(number))
                findings.Of("waypoint", "row", $"The waypoints of account {number} are not every {SqliteBatch.WaypointEvery}th row of it.");
    }

    private void Field(string table, long row, string field, long expected, long actual, long account = 0)
    {
        if (actual != expected)
            findings.Add(table, row, 0, field, $"The log comes to {expected}{(account == 0 ? "" : $" for account {account}")}, but {actual} stands there.");
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
