using System.Security.Cryptography;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;

namespace Ledger.Sqlite;

/// <summary>
/// Applies journal entries inside the transaction at hand: looks for each reason to refuse in the order of
/// <see cref="Refusal"/>, then writes. A refused entry leaves no trace.
/// </summary>
internal sealed class SqliteBatch(SqliteDatabase database, AccountTable accounts, KeyTable keys, HoldTable holds)
{
    /// <summary>Every so many rows of an account, one is noted in <c>waypoint</c>.</summary>
    public const int WaypointEvery = 64;

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long position;
    private long firstId;
    private long lastId;

    public long LastPosition => position;

    /// <summary>Applies all entries and writes the batch row; returns the batch's hash, or the one before where nothing was written.</summary>
    public byte[] Apply(IReadOnlyList<JournalEntry> entries, long lastPosition, byte[] previousHash)
    {
        position = lastPosition;
        (firstId, lastId) = (long.MaxValue, 0);
        hash.AppendData(previousHash);
        // By index: the list is the writer's own, and an enumerator would be allocated a batch.
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (entry.IsDecidedOnRefused)
            {
                entry.Refuse(Refusal.DecidedOnRefused);
                continue;
            }

            var refusal = IsPlain(entry) ? ApplyPlain(entry) : ApplyLinked(entry);
            if (refusal == Refusal.None)
                entry.Outcome = Refusal.None;
            else
                entry.Refuse(refusal);
        }

        var batchHash = hash.GetHashAndReset();
        if (position == lastPosition)
            return previousHash;
        accounts.WriteChanged();
        database.Statement("INSERT INTO batch (first_position, last_position, first_id, last_id, hash) VALUES (?,?,?,?,?)")
            .Bind(1, lastPosition + 1).Bind(2, position).Bind(3, firstId).Bind(4, lastId).Bind(5, batchHash).Run();
        return batchHash;
    }

    // The usual entry: one row that moves money at once, or declines. It is checked whole before anything is written.
    private static bool IsPlain(JournalEntry entry) =>
        entry is { MoreRows: null, Change: null, Returns: 0, DueAdded: null, DueDone: null, Row.Kind: TransferKind.None or TransferKind.Posted };

    private Refusal ApplyPlain(JournalEntry entry)
    {
        var refusal = Check(entry);
        if (refusal == Refusal.None)
            refusal = Move(entry.Row);
        if (refusal != Refusal.None)
        {
            accounts.EntryRefused();
            if (refusal != Refusal.DuplicateKey && !entry.Row.Key.IsNone)
                keys.GiveBack(entry.Row.Key.Value);
            return refusal;
        }

        Write(entry);
        accounts.EntryAccepted();
        return Refusal.None;
    }

    // Several rows, holds, or changes of the account itself: a savepoint takes back what was written when a later part is refused.
    private Refusal ApplyLinked(JournalEntry entry)
    {
        var before = position;
        database.Statement("SAVEPOINT entry").Run();
        var refusal = Check(entry);
        if (refusal == Refusal.None)
            refusal = Change(entry);
        if (refusal == Refusal.None)
            refusal = Move(entry.Row);
        foreach (var row in entry.MoreRows ?? [])
            if (refusal == Refusal.None)
                refusal = Move(row);
        if (refusal == Refusal.None && entry.Change is AccountChange.Status { To: AccountStatus.Closed } && !IsEmpty(accounts.Take(entry.Owner)!))
            refusal = Refusal.AccountNotEmpty;
        if (refusal == Refusal.None)
            refusal = holds.Return(entry.Returns, entry.Row.Amount);
        if (refusal != Refusal.None)
        {
            accounts.EntryRefused();
            if (entry.Change is AccountChange.Open)
                accounts.Forget(entry.Owner);
            if (refusal != Refusal.DuplicateKey && !entry.Row.Key.IsNone)
                keys.GiveBack(entry.Row.Key.Value);
            database.Statement("ROLLBACK TO entry").Run();
            database.Statement("RELEASE entry").Run();
            position = before;
            return refusal;
        }

        Write(entry);
        Due(entry);
        database.Statement("RELEASE entry").Run();
        accounts.EntryAccepted();
        return Refusal.None;
    }

    private Refusal Check(JournalEntry entry)
    {
        if (!entry.Row.Key.IsNone && !keys.TryTake(entry.Row.Key.Value, entry.Row.Id))
            return Refusal.DuplicateKey;
        if (entry.Change is AccountChange.Open open)
        {
            if (accounts.Exists(open.Account.Id))
                return Refusal.AccountExists;
            accounts.Create(open.Account);
        }

        if (entry.Owner == 0)
            return Refusal.None;
        var owner = accounts.Take(entry.Owner);
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
                if (owner.Now.Status == AccountStatus.Closed)
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

    private Refusal Move(LogRow row)
    {
        var debtor = accounts.Take(row.Debtor);
        if (debtor is null)
            return Refusal.UnknownAccount;
        AccountRow? creditor = null;
        if (row.Creditor != 0)
        {
            creditor = accounts.Take(row.Creditor);
            if (creditor is null)
                return Refusal.UnknownAccount;
        }

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

    private static long Chain(AccountRow account, LogRow row)
    {
        var previous = account.Now.LastRow;
        account.Now.LastRow = row.Id;
        account.Now.Activity++;
        return previous;
    }

    private void Write(JournalEntry entry)
    {
        Write(entry.Row);
        foreach (var row in entry.MoreRows ?? [])
            Write(row);
        foreach (var reference in entry.References ?? [])
            database.Statement("INSERT OR IGNORE INTO reference (hash, row) VALUES (?, ?)").Bind(1, reference).Bind(2, entry.Row.Id).Run();
    }

    private void Write(LogRow row)
    {
        row.Position = ++position;
        firstId = Math.Min(firstId, row.Id);
        lastId = Math.Max(lastId, row.Id);
        hash.AppendData(row.Leaf);
        LogTable.Insert(database, row);
        Waypoint(row.Debtor, row);
        if (row.Creditor != 0)
            Waypoint(row.Creditor, row);
    }

    private void Waypoint(long number, LogRow row)
    {
        if (accounts.Take(number)!.Now.Activity % WaypointEvery == 0)
            database.Statement("INSERT OR IGNORE INTO waypoint (account, time, row) VALUES (?, ?, ?)").Bind(1, number).Bind(2, row.TimeMs).Bind(3, row.Id).Run();
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
}
