using System.Runtime.InteropServices;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;

namespace Ledger.EventLog;

/// <summary>
/// Every account as the rows of the log alone make it. What a row says of an account is reported where it differs, once: the
/// replay goes on from what the row says.
/// </summary>
internal sealed class AccountReplay(HoldReplay holds, AuditFindings findings)
{
    /// <summary>Every so many rows of an account, one is noted as a waypoint, on every store.</summary>
    public const int WaypointEvery = 64;

    private readonly Dictionary<long, State> states = [];

    /// <summary>Waypoints are expected only of rows after this position: those before it went with the rows that they name.</summary>
    public long WaypointsAfter { get; set; }

    public IEnumerable<long> Numbers => states.Keys;

    /// <summary>What the replay has of an account; all zero where no row names it.</summary>
    public State Of(long number) => states.GetValueOrDefault(number);

    public void MarkCompared(long number) => CollectionsMarshal.GetValueRefOrAddDefault(states, number, out _).Compared = true;

    public void Apply(LogRow row)
    {
        Move(row);
        Subject(row);
        Leg(row, row.Debtor, row.DebtorBalance, row.DebtorPrevious, "debtor_balance", "debtor_previous");
        if (row.Creditor != 0)
            Leg(row, row.Creditor, row.CreditorBalance, row.CreditorPrevious, "creditor_balance", "creditor_previous");
        else if (row.CreditorBalance != 0 || row.CreditorPrevious != 0)
            findings.OfRow(row.Id, row.Position, row.CreditorBalance != 0 ? "creditor_balance" : "creditor_previous", "A row without a creditor has none.");
        // Only now has each account of the row counted it.
        Waypoint(row, row.Debtor);
        if (row.Creditor != 0)
            Waypoint(row, row.Creditor);
    }

    /// <summary>Debits and credits posted of all accounts of each currency.</summary>
    public Dictionary<short, (Int128 Debits, Int128 Credits)> TrialBalance()
    {
        var sums = new Dictionary<short, (Int128 Debits, Int128 Credits)>();
        foreach (var state in states.Values)
        {
            var (debits, credits) = sums.GetValueOrDefault(state.Currency);
            sums[state.Currency] = (debits + state.Counters.DebitsPosted, credits + state.Counters.CreditsPosted);
        }

        return sums;
    }

    /// <summary>A waypoint's share of its account's sum: the same rows in any order make the same sum.</summary>
    public static ulong WaypointHash(long timeMs, long row) => unchecked(((ulong)timeMs * 0x9E3779B97F4A7C15UL) ^ ((ulong)row * 0xC2B2AE3D27D4EB4FUL));

    // Unchecked: a damaged amount was reported with its row, and must not end the audit.
    private void Move(LogRow row)
    {
        if (row.Kind == TransferKind.None)
            return;
        var moved = row.Kind is TransferKind.Posted ? new Moved(row.Amount, 0) : holds.Apply(row);
        ref var debtor = ref CollectionsMarshal.GetValueRefOrAddDefault(states, row.Debtor, out _);
        unchecked
        {
            debtor.Counters = debtor.Counters with { DebitsPosted = debtor.Counters.DebitsPosted + moved.Posted, DebitsPending = debtor.Counters.DebitsPending + moved.Pending };
            ref var creditor = ref CollectionsMarshal.GetValueRefOrAddDefault(states, row.Creditor, out _);
            creditor.Counters = creditor.Counters with { CreditsPosted = creditor.Counters.CreditsPosted + moved.Posted, CreditsPending = creditor.Counters.CreditsPending + moved.Pending };
        }
    }

    private void Subject(LogRow row)
    {
        if (!row.Type.IsOfAccount())
            return;
        ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(states, row.SubjectAccount, out _);
        if (row.Version != state.EventVersion + 1L)
            findings.OfRow(row.Id, row.Position, "version", $"The account's event before has version {state.EventVersion}, this one {row.Version}.");
        state.EventVersion = row.Version;
        state.Status = row.Type switch
        {
            EventType.AccountOpened or EventType.AccountUnfrozen => AccountStatus.Open,
            EventType.AccountFrozen => AccountStatus.Frozen,
            EventType.AccountClosed => AccountStatus.Closed,
            _ => state.Status,
        };
    }

    private void Leg(LogRow row, long account, long balance, long previous, string balanceField, string previousField)
    {
        ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(states, account, out _);
        if (state.Activity == 0)
            Begin(ref state, account, row);
        if (state.Currency != row.Currency.Number && row.Kind != TransferKind.None)
            findings.OfRow(row.Id, row.Position, "currency", $"The row moves {row.Currency.Code} of account {account}, which is not in that currency.");
        if (previous != state.LastRow)
            findings.OfRow(row.Id, row.Position, previousField, $"The row before in the chain of account {account} is {state.LastRow}, but {previous} stands there.");
        unchecked
        {
            var expected = state.Counters.CreditsPosted - state.Counters.DebitsPosted + state.Correction;
            if (balance != expected)
            {
                findings.OfRow(row.Id, row.Position, balanceField, $"The rows of account {account} come to {expected}, but {balance} stands there.");
                state.Correction += balance - expected;
            }
        }

        state.LastRow = row.Id;
        state.Activity++;
    }

    // A customer account's first row is its own; a system account has none, and is of the currency that its number says.
    private static void Begin(ref State state, long account, LogRow row)
    {
        var isSystem = SystemAccountNumbers.IsSystem(account);
        state.Currency = isSystem ? (short)(account % 1000) : row.Currency.Number;
        if (isSystem)
            state.Status = AccountStatus.Open;
    }

    private void Waypoint(LogRow row, long account)
    {
        if (row.Position <= WaypointsAfter)
            return;
        ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(states, account, out _);
        if (state.Activity % WaypointEvery == 0)
            state.Waypoints = unchecked(state.Waypoints + WaypointHash(row.TimeMs, row.Id));
    }

    /// <summary>An account at the replay's position.</summary>
    public struct State
    {
        public Counters Counters;
        public long LastRow;
        public long Activity;
        public int EventVersion;
        public short Currency;
        public AccountStatus Status;
        public bool Compared;
        public ulong Waypoints;

        /// <summary>What a reported balance was off by, so that the same is not reported with each later row.</summary>
        public long Correction;
    }
}

/// <summary>What a row moves: from debtor to creditor, and of what both have pending.</summary>
internal readonly record struct Moved(long Posted, long Pending);
