using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Grains.Interfaces.Events;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.EventLog;
using Ledger.Sealing;
using Ledger.Sqlite;

namespace Bench.Engine;

/// <summary>
/// Puts many settled payments into a ledger, fast: the very rows that grains make, committed through the store in large
/// batches, without grains in between. They lie in the 30 days before now.
/// </summary>
internal static class History
{
    private const int Batch = 25_000;
    private const long DaysMs = 30L * 24 * 60 * 60 * 1000;

    public static void Load(string directory, int payments, BenchProgress progress, CancellationToken cancellationToken)
    {
        using var masterKey = MasterKey.Load(directory, mayCreate: false);
        using var store = new SqliteStore(Path.Combine(directory, SqliteStore.FileName));
        var accounts = Accounts(store, masterKey);
        var clear = PersonalFieldsCodec.EncodeDebtorPart(new PersonalFields { RemittanceInfo = EngineText.RemittanceInfo, DeviceId = EngineText.DeviceId })!;
        var random = new Random(3);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var firstId = store.LeaseIds(payments);
        // Two threads: one makes a batch while the other commits the one before.
        var next = Task.Run(() => Make(0), cancellationToken);
        for (var done = 0; done < payments; done += Batch)
        {
            progress.Step($"history: {done:#,0} of {payments:#,0} payments loaded");
            next.Wait(cancellationToken);
            var entries = next.Result;
            var following = done + Batch;
            next = Task.Run(() => Make(following), cancellationToken);
            store.Commit(entries);
            if (Array.Find(entries, static entry => entry.Outcome != Refusal.None) is { } refused)
                throw new InvalidOperationException($"A payment of the history was refused: {refused.Outcome}.");
        }

        next.Wait(cancellationToken);
        while (store.CatchUp())
        {
        }

        foreach (var account in accounts)
            account.Key.Dispose();

        JournalEntry[] Make(int done)
        {
            var entries = new JournalEntry[Math.Clamp(payments - done, 0, Batch)];
            var hashes = MemoryMarshal.Cast<byte, UInt128>(RandomNumberGenerator.GetBytes(entries.Length * 32));
            for (var i = 0; i < entries.Length; i++)
            {
                var (debtor, creditor) = AccountPairs.Uniform(random);
                var timeMs = now - DaysMs + (long)((Int128)DaysMs * (done + i) / payments);
                entries[i] = Entry(firstId + done + i, timeMs, accounts[debtor], accounts[creditor], hashes[2 * i], hashes[(2 * i) + 1], clear);
            }

            return entries;
        }
    }

    private static JournalEntry Entry(long id, long timeMs, Account debtor, Account creditor, UInt128 key, UInt128 requestHash, byte[] clear)
    {
        var row = new LogRow
        {
            Id = id,
            Type = EventType.PaymentSettled,
            TimeMs = timeMs,
            Tenant = EngineAccounts.Tenant,
            Payment = id,
            Version = 1,
            Kind = TransferKind.Posted,
            Debtor = debtor.Number,
            Creditor = creditor.Number,
            Amount = EngineAccounts.Amount,
            Currency = Currency.Usd,
            Key = new IdempotencyKey(key),
            RequestHash = requestHash,
            Sealed = debtor.Key.Seal(id, clear),
        };
        LeafHash.Seal(row);
        return new JournalEntry { Owner = debtor.Number, ExpectedVersion = debtor.Version++, Row = row };
    }

    private static Account[] Accounts(SqliteStore store, MasterKey masterKey)
    {
        var accounts = new Account[BenchScale.Accounts];
        for (var index = 0; index < accounts.Length; index++)
        {
            // Reads of the SQLite store complete at once.
            var found = store.Reader.FindAccount(EngineAccounts.Id(index));
            var account = (found.IsCompleted ? found.Result : null) ?? throw new InvalidOperationException($"Account {index} is missing.");
            accounts[index] = new Account(account.Number, masterKey.Unwrap(account.WrappedDataKey)) { Version = account.Version };
        }

        return accounts;
    }

    private sealed class Account(long number, DataKey key)
    {
        public long Number => number;

        public DataKey Key => key;

        public long Version { get; set; }
    }
}
