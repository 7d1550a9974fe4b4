using Grains.Interfaces.Values;

namespace Ledger.EventLog;

/// <summary>
/// Compares what is kept beside the log (counters, status, waypoints, pending transfers, returned amounts), row by row as a store
/// hands it over, with what the log comes to.
/// </summary>
internal sealed class KeptState(AccountReplay accounts, HoldReplay holds, AuditFindings findings)
{
    private readonly HashSet<long> holdsSeen = [];
    private readonly HashSet<long> returnedSeen = [];

    /// <summary>Accounts that the log has and that were not compared: one that was opened meanwhile may have a number that was passed already.</summary>
    public IReadOnlyList<long> NotCompared => [.. accounts.Numbers.Where(number => !accounts.Of(number).Compared)];

    /// <summary>Pending transfers that the log has and that were not compared.</summary>
    public IReadOnlyList<long> HoldsNotSeen => [.. holds.Holds.Keys.Where(id => !holdsSeen.Contains(id))];

    /// <summary>Payments that the log returned money of and that were not compared.</summary>
    public IReadOnlyList<long> ReturnedNotSeen => [.. holds.Returned.Keys.Where(payment => !returnedSeen.Contains(payment))];

    /// <summary>False where there are counters without their account.</summary>
    public bool Compare(in KeptAccount kept)
    {
        var (number, table) = (kept.Number, kept.Table);
        var state = accounts.Of(number);
        if (state.Activity > 0)
            accounts.MarkCompared(number);
        var row = state.LastRow;
        void Counter(string field, long expected, long actual) => Field(table, row, field, expected, actual, number);
        Counter("debits_posted", state.Counters.DebitsPosted, kept.Counters.DebitsPosted);
        Counter("credits_posted", state.Counters.CreditsPosted, kept.Counters.CreditsPosted);
        Counter("debits_pending", state.Counters.DebitsPending, kept.Counters.DebitsPending);
        Counter("credits_pending", state.Counters.CreditsPending, kept.Counters.CreditsPending);
        Counter("event_version", state.EventVersion, kept.EventVersion);
        Counter("last_row", state.LastRow, kept.LastRow);
        Counter("activity", state.Activity, kept.Activity);
        if (!kept.HasAccount)
        {
            findings.Add("account", row, 0, "number", $"There are counters of account {number}, but not the account.");
            return false;
        }

        if (state.Activity > 0)
        {
            Field("account", row, "currency", state.Currency, kept.Currency, number);
            Field("account", row, "status", (long)state.Status, kept.Status, number);
        }

        if (kept.Floor is { } floor && (Int128)state.Counters.CreditsPosted - floor < (Int128)state.Counters.DebitsPosted + state.Counters.DebitsPending)
            findings.Add("account", row, 0, "floor", $"Account {number} is below its floor of {floor}.");
        return true;
    }

    public void Missing(long account) =>
        findings.Add("counters", accounts.Of(account).LastRow, 0, "account", $"Account {account} is in the log, but is not kept with its counters.");

    public void Compare(in KeptHold kept)
    {
        holdsSeen.Add(kept.Id);
        if (!holds.Holds.TryGetValue(kept.Id, out var hold))
        {
            findings.Add("hold", kept.Id, 0, "id", "No row of the log made this pending transfer.");
            return;
        }

        Field("hold", kept.Id, "debtor", hold.Debtor, kept.Debtor);
        Field("hold", kept.Id, "creditor", hold.Creditor, kept.Creditor);
        Field("hold", kept.Id, "currency", hold.Currency.Number, kept.Currency);
        Field("hold", kept.Id, "authorized", hold.Authorized, kept.Authorized);
        Field("hold", kept.Id, "posted", hold.Posted, kept.Posted);
        Field("hold", kept.Id, "voided", hold.Voided, kept.Voided);
        Field("hold", kept.Id, "expires_at", hold.ExpiresAtMs, kept.ExpiresAtMs);
        Field("hold", kept.Id, "final", hold.Final ? 1 : 0, kept.Final);
    }

    public void MissingHold(long id) => findings.Add("hold", id, 0, "id", "The pending transfer is in the log, but not kept.");

    public void CompareReturned(long payment, long amount)
    {
        returnedSeen.Add(payment);
        Field("returned", payment, "amount", holds.Returned.GetValueOrDefault(payment), amount);
    }

    public void MissingReturned(long payment) => findings.Add("returned", payment, 0, "payment", "Money of the payment went back, but no sum is kept.");

    /// <param name="from">Accounts above this number…</param>
    /// <param name="to">…up to this one are compared.</param>
    /// <param name="waypoints">Their waypoints.</param>
    public void CompareWaypoints(long from, long to, IEnumerable<(long Account, long TimeMs, long Row)> waypoints)
    {
        var sums = new Dictionary<long, ulong>();
        foreach (var (account, time, row) in waypoints)
            sums[account] = unchecked(sums.GetValueOrDefault(account) + AccountReplay.WaypointHash(time, row));
        foreach (var number in accounts.Numbers.Where(number => number > from && number <= to && accounts.Of(number).Waypoints != 0).Union(sums.Keys))
            if (accounts.Of(number).Waypoints != sums.GetValueOrDefault(number))
                findings.Of("waypoint", "row", $"The waypoints of account {number} are not every {AccountReplay.WaypointEvery}th row of it.");
    }

    public void CheckTrialBalance()
    {
        foreach (var (currency, (debits, credits)) in accounts.TrialBalance())
            if (debits != credits)
                findings.Of("counters", "debits_posted", $"Accounts in {(Currency.Exists(currency) ? Currency.FromNumber(currency).Code : currency)} do not sum to zero: debits {debits}, credits {credits}.");
    }

    private void Field(string table, long row, string field, long expected, long actual, long account = 0)
    {
        if (actual != expected)
            findings.Add(table, row, 0, field, $"The log comes to {expected}{(account == 0 ? "" : $" for account {account}")}, but {actual} stands there.");
    }
}

/// <summary>An account's counters as they stand there, with what is kept of the account; numbers as stored, whatever they mean, and the table that has them.</summary>
internal readonly record struct KeptAccount(long Number, string Table, Counters Counters, long EventVersion, long LastRow, long Activity, bool HasAccount, long Currency, long Status, long? Floor);

/// <summary>A pending transfer as it stands there; numbers as stored.</summary>
internal readonly record struct KeptHold(long Id, long Debtor, long Creditor, long Currency, long Authorized, long Posted, long Voided, long ExpiresAtMs, long Final);
