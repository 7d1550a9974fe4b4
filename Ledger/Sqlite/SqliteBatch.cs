using System.Buffers;
using System.Security.Cryptography;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Ledger.EventLog;
using Ledger.Shards;

namespace Ledger.Sqlite;

/// <summary>
/// Applies journal entries inside the transaction at hand: looks for each reason to refuse in the order of
/// <see cref="Refusal"/>, then writes. A refused entry leaves no trace.
/// </summary>
internal sealed class SqliteBatch(SqliteDatabase database, AccountTable accounts, KeyTable keys, HoldTable holds, TallyTable tally)
{
    // The hash of the batch before and the leaves of this one: hashed at once, which costs less than row by row.
    private readonly ArrayBufferWriter<byte> hashed = new(64 * 1024);
    // Rows of plain entries, to be inserted in the order of their ids: an insert behind the last row is cheap, one between rows
    // makes SQLite balance pages, and a commit after that walks its whole page cache.
    private readonly List<LogRow> rows = [];
    private long position;
    private long firstId;
    private long lastId;

    /// <summary>Applies all entries and writes the batch row; returns the last position and the batch's hash, or the ones before where nothing was written.</summary>
    public (long LastPosition, byte[] Hash) Apply(IReadOnlyList<JournalEntry> entries, long lastPosition, byte[] previousHash)
    {
        position = lastPosition;
        (firstId, lastId) = (long.MaxValue, 0);
        hashed.ResetWrittenCount();
        hashed.Write(previousHash);
        rows.Clear();
        tally.Start();
        // By index: the list is the writer's own, and an enumerator would be allocated a batch.
        for (var i = 0; i < entries.Count; i++)
            Apply(entries[i]);
        if (position == lastPosition)
            return (lastPosition, previousHash);
        InsertRows();
        var batchHash = SHA256.HashData(hashed.WrittenSpan);
        accounts.WriteChanged(lastPosition + 1);
        tally.Write();
        database.Statement("INSERT INTO batch (first_position, last_position, first_id, last_id, hash) VALUES (?,?,?,?,?)")
            .Bind(1, lastPosition + 1).Bind(2, position).Bind(3, firstId).Bind(4, lastId).Bind(5, batchHash).Run();
        return (position, batchHash);
    }

    private void Apply(JournalEntry entry)
    {
        var refusal = entry.IsDecidedOnRefused ? Refusal.DecidedOnRefused
            : IsPlain(entry) ? ApplyPlain(entry)
            : ApplyLinked(entry);
        if (refusal == Refusal.None)
            entry.Outcome = Refusal.None;
        else
            entry.Refuse(refusal);
    }

    // The usual entry: one row that moves money at once, or declines. It is checked whole before anything is written.
    private static bool IsPlain(JournalEntry entry) =>
        entry is { MoreRows: null, Change: null, Returns: 0, DueAdded: null, DueDone: null, Row.Kind: TransferKind.None or TransferKind.Posted };

    private Refusal ApplyPlain(JournalEntry entry)
    {
        var row = entry.Row;
        if (!TakeKey(row))
            return Refusal.DuplicateKey;
        var refusal = FindLegs(row, out var legs) ? Fence(entry, legs) : Refusal.UnknownAccount;
        if (refusal == Refusal.None)
            refusal = Move(row, legs);
        if (refusal != Refusal.None)
        {
            accounts.EntryRefused();
            GiveKeyBack(row);
            return refusal;
        }

        Place(row, legs);
        rows.Add(row);
        tally.Count(row, legs.Debtor, legs.Creditor);
        Accept(entry);
        return Refusal.None;
    }

    // Several rows, holds, or changes of the account itself: a savepoint takes back what was written when a later part is refused.
    private Refusal ApplyLinked(JournalEntry entry)
    {
        // What it looks up may be among them, and what it takes back must not be.
        InsertRows();
        var before = position;
        database.Statement("SAVEPOINT entry").Run();
        if (!TakeKey(entry.Row))
        {
            database.Statement("RELEASE entry").Run();
            return Refusal.DuplicateKey;
        }

        var refusal = WriteLinked(entry);
        if (refusal != Refusal.None)
        {
            accounts.EntryRefused();
            if (entry.Change is AccountChange.Open)
                accounts.Forget(entry.Owner);
            GiveKeyBack(entry.Row);
            database.Statement("ROLLBACK TO entry").Run();
            database.Statement("RELEASE entry").Run();
            position = before;
            return refusal;
        }

        Due(entry);
        database.Statement("RELEASE entry").Run();
        foreach (var row in entry.Rows)
            tally.Count(row, accounts.Take(row.Debtor)!, row.Creditor == 0 ? null : accounts.Take(row.Creditor));
        Accept(entry);
        return Refusal.None;
    }

    private Refusal WriteLinked(JournalEntry entry)
    {
        if (entry.Change is AccountChange.Open open)
        {
            if (accounts.Exists(open.Account.Id))
                return Refusal.AccountExists;
            accounts.Create(open.Account);
        }

        if (!FindLegs(entry.Row, out var legs))
            return Refusal.UnknownAccount;
        var rows = entry.MoreRows ?? [];
        var legsOfMore = new Legs[rows.Length];
        for (var i = 0; i < rows.Length; i++)
            if (!FindLegs(rows[i], out legsOfMore[i]))
                return Refusal.UnknownAccount;
        var refusal = Fence(entry, legs);
        if (refusal == Refusal.None)
            refusal = Change(entry);
        if (refusal == Refusal.None)
            refusal = MoveAndInsert(entry.Row, legs);
        for (var i = 0; i < rows.Length && refusal == Refusal.None; i++)
            refusal = MoveAndInsert(rows[i], legsOfMore[i]);
        if (refusal == Refusal.None)
            refusal = holds.Return(entry.Returns, entry.TakesReturnBack ? -entry.Row.Amount : entry.Row.Amount);
        if (refusal == Refusal.None && entry.Change is AccountChange.Status { To: AccountStatus.Closed } && (!IsEmpty(accounts.Take(entry.Owner)!) || IsInTransfer(accounts.Take(entry.Owner)!)))
            refusal = Refusal.AccountNotEmpty;
        return refusal;
    }

    private bool TakeKey(LogRow row) => row.Key.IsNone || keys.TryTake(row.Key.Value, row.Id);

    private void GiveKeyBack(LogRow row)
    {
        if (!row.Key.IsNone)
            keys.GiveBack(row.Key.Value);
    }

    private bool FindLegs(LogRow row, out Legs legs)
    {
        legs = new Legs(accounts.Take(row.Debtor)!, row.Creditor == 0 ? null : accounts.Take(row.Creditor));
        return legs.Debtor is not null && (row.Creditor == 0 || legs.Creditor is not null);
    }

    private Refusal Fence(JournalEntry entry, in Legs legs)
    {
        if (entry.Owner == 0)
            return Refusal.None;
        var owner = entry.Owner == legs.Debtor.Number ? legs.Debtor : accounts.Take(entry.Owner);
        if (owner is null)
            return Refusal.UnknownAccount;
        if (owner.Now.Version != entry.ExpectedVersion)
            return Refusal.StaleVersion;
        owner.Now.Version++;
        return Refusal.None;
    }

    private Refusal Change(JournalEntry entry)
    {
        if (entry.Change is null)
            return Refusal.None;
        var owner = accounts.Take(entry.Owner)!;
        switch (entry.Change)
        {
            case AccountChange.Open:
                return Refusal.None;
            case AccountChange.Status status:
                if (owner.Status == AccountStatus.Closed)
                    return Refusal.DebtorClosed;
                accounts.SetStatus(owner, status.To);
                return Refusal.None;
            case AccountChange.Limits limits:
                accounts.SetLimits(owner, limits.To);
                return Refusal.None;
            default:
                throw new InvalidOperationException($"{entry.Change.GetType().Name} is unknown to the store.");
        }
    }

    private Refusal MoveAndInsert(LogRow row, in Legs legs)
    {
        var refusal = Move(row, legs);
        if (refusal != Refusal.None)
            return refusal;
        Place(row, legs);
        LogTable.Insert(database, row);
        return Refusal.None;
    }

    private Refusal Move(LogRow row, in Legs legs)
    {
        CheckShape(row);
        var (debtor, creditor) = (legs.Debtor, legs.Creditor);
        if (row.Type.IsOfAccount())
            (row.Type == EventType.AccountFunded ? creditor! : debtor).Now.EventVersion = row.Version;
        var refusal = row.Kind == TransferKind.None ? Refusal.None : TransferRules.Apply(row, debtor, creditor!, holds);
        if (refusal != Refusal.None)
            return refusal;
        row.DebtorBalance = debtor.Now.Posted;
        row.DebtorPrevious = Chain(debtor, row);
        if (creditor is null)
            return Refusal.None;
        row.CreditorBalance = creditor.Now.Posted;
        row.CreditorPrevious = Chain(creditor, row);
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

    private static long Chain(AccountRow account, LogRow row)
    {
        var previous = account.Now.LastRow;
        account.Now.LastRow = row.Id;
        account.Now.Activity++;
        return previous;
    }

    private void InsertRows()
    {
        rows.Sort(static (left, right) => left.Id.CompareTo(right.Id));
        foreach (var row in rows)
            LogTable.Insert(database, row);
        rows.Clear();
    }

    // Position is commit order, whatever the order of ids.
    private void Place(LogRow row, in Legs legs)
    {
        row.Position = ++position;
        Waypoint(legs.Debtor, row);
        if (legs.Creditor is not null)
            Waypoint(legs.Creditor, row);
    }

    private void Waypoint(AccountRow account, LogRow row)
    {
        if (account.Now.Activity % AccountReplay.WaypointEvery == 0)
            database.Statement("INSERT OR IGNORE INTO waypoint (account, time, row) VALUES (?, ?, ?)").Bind(1, account.Number).Bind(2, row.TimeMs).Bind(3, row.Id).Run();
    }

    // From here on the entry is part of the batch: its leaves go into the batch's hash.
    private void Accept(JournalEntry entry)
    {
        Append(entry.Row);
        if (entry.MoreRows is not null)
            foreach (var row in entry.MoreRows)
                Append(row);
        if (entry.References is not null)
            foreach (var reference in entry.References)
                database.Statement("INSERT OR IGNORE INTO reference (hash, row) VALUES (?, ?)").Bind(1, reference).Bind(2, entry.Row.Id).Run();
        if (entry.Documents is not null)
            DocumentTable.Write(database, entry.Documents, entry.DocumentsRow);
        accounts.EntryAccepted();
    }

    private void Append(LogRow row)
    {
        firstId = Math.Min(firstId, row.Id);
        lastId = Math.Max(lastId, row.Id);
        hashed.Write(row.Leaf);
    }

    private void Due(JournalEntry entry)
    {
        foreach (var item in entry.DueAdded ?? [])
            database.Statement("INSERT OR IGNORE INTO due (at, grain, kind, id) VALUES (?,?,?,?)").Bind(1, item.AtMs).Bind(2, item.Grain).Bind(3, item.Kind).Bind(4, item.Id).Run();
        foreach (var item in entry.DueDone ?? [])
            database.Statement("DELETE FROM due WHERE at=? AND grain=? AND kind=? AND id=?").Bind(1, item.AtMs).Bind(2, item.Grain).Bind(3, item.Kind).Bind(4, item.Id).Run();
    }

    private static bool IsEmpty(AccountRow account) =>
        account.Now is { DebitsPending: 0, CreditsPending: 0 } && account.Now.Posted == 0;

    private bool IsInTransfer(AccountRow account)
    {
        var select = database.Statement("SELECT 1 FROM due WHERE grain = ? AND kind = ? LIMIT 1").Bind(1, account.Id.Value).Bind(2, TransferDue.Kind);
        var isThere = select.Step();
        select.Reset();
        return isThere;
    }

    /// <summary>The two accounts of a row; the creditor is null where the row names none.</summary>
    private readonly record struct Legs(AccountRow Debtor, AccountRow? Creditor);
}
