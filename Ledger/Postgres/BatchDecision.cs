using System.Buffers;
using System.Runtime.InteropServices;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger.EventLog;
using Ledger.Shards;

namespace Ledger.Postgres;

/// <summary>
/// Decides a batch in memory: looks for each reason to refuse in the order of <see cref="Refusal"/>, moves counters, and gathers
/// what is to be written. A refused entry leaves no trace. Whether the accounts were what they were taken for, the commit sees.
/// </summary>
internal sealed class BatchDecision(CachedAccounts accounts) : IPendingTransfers
{
    private readonly Dictionary<UInt128, long> keys = [];
    private readonly Dictionary<(long Tenant, long Second), PaymentCounts> tally = [];
    private readonly ArrayBufferWriter<byte> leaves = new(64 * 1024);
    private readonly List<(long Id, PendingTransfer? Before)> holdsOfEntry = [];
    private readonly SortedSet<long> unseen = [];
    private long position;
    private LockedState found = LockedState.None;

    /// <summary>Rows of accepted entries; their positions count from 1 in this batch until the commit gives them their place.</summary>
    public List<LogRow> Rows { get; } = [];

    public List<(long Account, long TimeMs, long Row)> Waypoints { get; } = [];

    public List<(long Hash, long Row)> References { get; } = [];

    /// <summary>Accepted entries that open, change or end something beside counters, in order.</summary>
    public List<JournalEntry> Further { get; } = [];

    /// <summary>The buckets that are on this shard, as read under the writer's fence; null where all are.</summary>
    public bool[]? Buckets { get; set; }

    /// <summary>Accounts of refused entries that this process takes over, in order: their grains are the next to decide.</summary>
    public SortedSet<long> TakenOver { get; } = [];

    /// <summary>Keys that accepted entries take, with their rows.</summary>
    public IReadOnlyDictionary<UInt128, long> Keys => keys;

    public IReadOnlyDictionary<(long Tenant, long Second), PaymentCounts> Tally => tally;

    public ReadOnlyMemory<byte> Leaves => leaves.WrittenMemory;

    /// <summary>
    /// Whether an entry was refused whose key may be taken, which would be the first reason: only a look at the keys of the database tells.
    /// </summary>
    public bool AsksForKeys { get; private set; }

    /// <summary>Whether all entries are usual ones: about nothing but accounts and keys.</summary>
    public static bool IsUsual(IReadOnlyList<JournalEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (entry is not { Change: null, Returns: 0, DueAdded: null, DueDone: null, Documents: null } || !IsUsual(entry.Row))
                return false;
            foreach (var row in entry.MoreRows ?? [])
                if (!IsUsual(row))
                    return false;
        }

        return true;
    }

    /// <summary>Accounts of the entries that were not seen before, each once.</summary>
    public SortedSet<long> Unseen(IReadOnlyList<JournalEntry> entries)
    {
        unseen.Clear();
        for (var i = 0; i < entries.Count; i++)
        {
            See(entries[i].Owner);
            See(entries[i].Row);
            foreach (var row in entries[i].MoreRows ?? [])
                See(row);
        }

        return unseen;
    }

    /// <param name="state">What the locked tables say of keys, pending transfers and returned amounts; none where only accounts are looked at.</param>
    /// <exception cref="LedgerStoreException">An entry holds what no decision makes.</exception>
    public void Decide(IReadOnlyList<JournalEntry> entries, LockedState state)
    {
        found = state;
        position = 0;
        AsksForKeys = false;
        keys.Clear();
        tally.Clear();
        leaves.ResetWrittenCount();
        holdsOfEntry.Clear();
        Rows.Clear();
        Waypoints.Clear();
        References.Clear();
        Further.Clear();
        TakenOver.Clear();
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var refusal = entry.IsDecidedOnRefused ? Refusal.DecidedOnRefused : Decide(entry);
            if (refusal == Refusal.None)
                entry.Outcome = Refusal.None;
            else
                entry.Refuse(refusal);
            if (refusal == Refusal.StaleVersion)
                SeeWhoIsNext(entry);
        }

        // The version alone stops whoever decides on what it remembers.
        foreach (var account in TakenOver)
            accounts.Take(account)!.Now.Version++;
        accounts.EntryAccepted();
    }

    PendingTransfer? IPendingTransfers.Find(long id) => found.Holds.GetValueOrDefault(id);

    void IPendingTransfers.Write(PendingTransfer hold)
    {
        holdsOfEntry.Add((hold.Id, found.Holds.GetValueOrDefault(hold.Id)));
        found.Holds[hold.Id] = hold;
    }

    private static bool IsUsual(LogRow row) => row.Kind is TransferKind.None or TransferKind.Posted;

    private void See(LogRow row)
    {
        See(row.Debtor);
        See(row.Creditor);
    }

    private void See(long account)
    {
        if (account != 0 && !accounts.Has(account))
            unseen.Add(account);
    }

    private Refusal Decide(JournalEntry entry)
    {
        if (!entry.Row.Key.IsNone && (found.TakenKeys.Contains(entry.Row.Key.Value) || !keys.TryAdd(entry.Row.Key.Value, entry.Row.Id)))
            return Refusal.DuplicateKey;
        var (rows, waypoints, before, returnedBefore) = (Rows.Count, Waypoints.Count, position, found.Returned.GetValueOrDefault(entry.Returns));
        var opens = entry.Change as AccountChange.Open;
        if (opens is not null && found.AccountIds.Contains(opens.Account.Id.Value))
        {
            keys.Remove(entry.Row.Key.Value);
            return Refusal.AccountExists;
        }

        if (opens is not null)
            accounts.Create(opens.Account);
        var refusal = Apply(entry);
        if (refusal == Refusal.None)
        {
            Accept(entry, rows);
            return Refusal.None;
        }

        accounts.EntryRefused(opens is null ? 0 : entry.Owner);
        if (!entry.Row.Key.IsNone)
        {
            keys.Remove(entry.Row.Key.Value);
            AsksForKeys = true;
        }

        Rows.RemoveRange(rows, Rows.Count - rows);
        Waypoints.RemoveRange(waypoints, Waypoints.Count - waypoints);
        position = before;
        TakeBackHolds();
        if (entry.Returns != 0)
            found.Returned[entry.Returns] = returnedBefore;
        return refusal;
    }

    private Refusal Apply(JournalEntry entry)
    {
        if (!FindLegs(entry.Row, out var legs))
            return Refusal.UnknownAccount;
        foreach (var row in entry.MoreRows ?? [])
            if (!FindLegs(row, out _))
                return Refusal.UnknownAccount;
        if (Buckets is not null && !AreHere(entry))
            return Refusal.WrongShard;
        var refusal = Fence(entry);
        if (refusal == Refusal.None)
            refusal = Change(entry);
        if (refusal == Refusal.None)
            refusal = Move(entry.Row, legs);
        for (var i = 0; i < (entry.MoreRows?.Length ?? 0) && refusal == Refusal.None; i++)
        {
            FindLegs(entry.MoreRows![i], out var legsOfMore);
            refusal = Move(entry.MoreRows[i], legsOfMore);
        }

        if (refusal == Refusal.None && entry.Returns != 0)
            refusal = Return(entry.Returns, entry.TakesReturnBack ? -entry.Row.Amount : entry.Row.Amount);
        if (refusal == Refusal.None && entry.Change is AccountChange.Status { To: AccountStatus.Closed } && (!IsEmpty(accounts.Take(entry.Owner)!) || found.InTransfer.Contains(entry.Owner)))
            refusal = Refusal.AccountNotEmpty;
        return refusal;
    }

    private bool AreHere(JournalEntry entry)
    {
        foreach (var row in entry.Rows)
            if (!IsHere(row.Debtor) || !IsHere(row.Creditor))
                return false;
        return IsHere(entry.Owner);
    }

    private bool IsHere(long account) => SystemAccountNumbers.IsSystem(account) || account == 0 || Buckets![Bucket.Of(accounts.Take(account)!.Id)];

    private bool FindLegs(LogRow row, out Legs legs)
    {
        legs = new Legs(accounts.Take(row.Debtor)!, row.Creditor == 0 ? null : accounts.Take(row.Creditor));
        return legs.Debtor is not null && (row.Creditor == 0 || legs.Creditor is not null);
    }

    private Refusal Fence(JournalEntry entry)
    {
        if (entry.Owner == 0)
            return Refusal.None;
        if (accounts.Take(entry.Owner) is not { } owner)
            return Refusal.UnknownAccount;
        if (owner.Now.Version != entry.ExpectedVersion || found.OwnedElsewhere.ContainsKey(entry.Owner))
            return Refusal.StaleVersion;
        owner.Now.Version++;
        return Refusal.None;
    }

    // Another process moved the account on. By the time its grain here has read it, that one would have moved it on again, for ever:
    // so one of them has it for a while, and the other waits.
    private void SeeWhoIsNext(JournalEntry entry)
    {
        if (found.OwnedElsewhere.TryGetValue(entry.Owner, out var left))
            entry.OwnedElsewhereFor = left;
        else if (!ReferenceEquals(found, LockedState.None) && entry.Lane is not null && accounts.StoredVersion(entry.Owner) != entry.ExpectedVersion)
            TakenOver.Add(entry.Owner);
    }

    private Refusal Change(JournalEntry entry)
    {
        if (entry.Change is not AccountChange.Status status)
            return Refusal.None;
        var owner = accounts.Take(entry.Owner)!;
        if (owner.Status == AccountStatus.Closed)
            return Refusal.DebtorClosed;
        owner.Status = status.To;
        return Refusal.None;
    }

    private Refusal Move(LogRow row, in Legs legs)
    {
        CheckShape(row);
        var (debtor, creditor) = (legs.Debtor, legs.Creditor);
        if (row.Type.IsOfAccount())
            (row.Type == EventType.AccountFunded ? creditor! : debtor).Now.EventVersion = row.Version;
        var refusal = row.Kind == TransferKind.None ? Refusal.None : TransferRules.Apply(row, debtor, creditor!, this);
        if (refusal != Refusal.None)
            return refusal;
        row.Position = ++position;
        row.DebtorBalance = debtor.Now.Posted;
        row.DebtorPrevious = Chain(debtor, row);
        if (creditor is not null)
        {
            row.CreditorBalance = creditor.Now.Posted;
            row.CreditorPrevious = Chain(creditor, row);
        }

        Rows.Add(row);
        return Refusal.None;
    }

    // What no decision makes. The entry that holds such a row is not written; the rest of its batch is.
    private static void CheckShape(LogRow row)
    {
        if (row.Amount < 0)
            throw new LedgerStoreException($"Row {row.Id} moves a negative amount.");
        if (row is { Amount: 0, Kind: TransferKind.Hold or TransferKind.Increase })
            throw new LedgerStoreException($"Row {row.Id} holds nothing.");
        if (row.Debtor == row.Creditor)
            throw new LedgerStoreException($"Row {row.Id} names account {row.Debtor} as debtor and creditor.");
        if (row.Creditor == 0 && (row.Kind != TransferKind.None || row.Type == EventType.AccountFunded))
            throw new LedgerStoreException($"Row {row.Id} moves money to no account.");
    }

    private long Chain(AccountRow account, LogRow row)
    {
        var previous = account.Now.LastRow;
        account.Now.LastRow = row.Id;
        if (++account.Now.Activity % AccountReplay.WaypointEvery == 0)
            Waypoints.Add((account.Number, row.TimeMs, row.Id));
        return previous;
    }

    private Refusal Return(long payment, long amount)
    {
        // A return that is taken back needs no payment, whose row may be gone by then.
        if (amount > 0 && (!found.Paid.TryGetValue(payment, out var paid) || amount > paid - found.Returned.GetValueOrDefault(payment)))
            return Refusal.ReturnExceedsPayment;
        found.Returned[payment] = found.Returned.GetValueOrDefault(payment) + amount;
        return Refusal.None;
    }

    private void Accept(JournalEntry entry, int firstRow)
    {
        for (var i = firstRow; i < Rows.Count; i++)
        {
            leaves.Write(Rows[i].Leaf);
            Count(Rows[i]);
            if (Rows[i].Kind == TransferKind.Posted && !ReferenceEquals(found, LockedState.None))
                found.Paid[Rows[i].Id] = Rows[i].Amount;
        }

        if (entry.DueAdded is not null && entry.DueAdded.Any(static item => item.Kind == TransferDue.Kind))
            found.InTransfer.Add(entry.Owner);
        foreach (var reference in entry.References ?? [])
            References.Add((reference, entry.Row.Id));
        if (entry.Change is AccountChange.Open open)
            found.AccountIds.Add(open.Account.Id.Value);
        if (entry.Change is not null || entry.Returns != 0 || entry.DueAdded is not null || entry.DueDone is not null || entry.Documents is not null)
            Further.Add(entry);
        foreach (var (id, _) in holdsOfEntry)
            found.ChangedHolds.Add(id);
        holdsOfEntry.Clear();
        accounts.EntryAccepted();
    }

    private void TakeBackHolds()
    {
        for (var i = holdsOfEntry.Count - 1; i >= 0; i--)
        {
            if (holdsOfEntry[i].Before is { } before)
                found.Holds[before.Id] = before;
            else
                found.Holds.Remove(holdsOfEntry[i].Id);
        }

        holdsOfEntry.Clear();
    }

    private void Count(LogRow row)
    {
        if (!TallyRule.IsCounted(row))
            return;
        var (forEveryone, first, other) = TallyRule.Tenants(row, accounts.Take(row.Debtor)!.Tenant, row.Creditor == 0 ? TallyRule.Everyone : accounts.Take(row.Creditor)!.Tenant);
        if (forEveryone)
            Count(TallyRule.Everyone, row);
        if (first != TallyRule.Everyone)
            Count(first, row);
        if (other != TallyRule.Everyone)
            Count(other, row);
    }

    private void Count(long tenant, LogRow row)
    {
        ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(tally, (tenant, row.TimeMs / 1_000), out _);
        counts = TallyRule.IsSettled(row) ? counts with { Settled = counts.Settled + 1 } : counts with { Rejected = counts.Rejected + 1 };
    }

    private static bool IsEmpty(AccountRow account) =>
        account.Now is { DebitsPending: 0, CreditsPending: 0 } && account.Now.Posted == 0;

    /// <summary>The two accounts of a row; the creditor is null where the row names none.</summary>
    private readonly record struct Legs(AccountRow Debtor, AccountRow? Creditor);
}
