using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Grains.Transfers;
using Ledger;
using Ledger.EventLog;
using Ledger.Postgres;
using Ledger.Shards;
using Microsoft.Extensions.Logging.Abstractions;
using Silo.Embedded;

namespace Silo.Tests.Transfers;

/// <summary>
/// A process on a ledger of two shards, without its threads: a test says which of its writers commit, so that a shard is away from one
/// process and not from another, for as long as it likes.
/// </summary>
internal sealed class TransferProcess : IDisposable
{
    private readonly OpenLedger ledger;
    private readonly ManualTime time;

    public TransferProcess(IReadOnlyList<PostgresSettings> databases, ManualTime time)
    {
        this.time = time;
        ledger = OpenLedger.InPostgres(databases, null, TimeProvider.System);
        var reader = new ShardedReader(ledger.Map, [.. ledger.Stores.Select(static store => store.Reader)]);
        var directory = new AccountDirectory(reader);
        Writers = [.. ledger.Stores.Select(store => new LedgerWriter(
            store, new LedgerOptions(), TimeProvider.System, static batch => batch.Execute(), NullLogger<LedgerWriter>.Instance, directory))];
        Shards = new LedgerShards(ledger.Map, Writers, reader, directory);
        Saga = new TransferSaga(Shards, time);
    }

    public LedgerWriter[] Writers { get; }

    public LedgerShards Shards { get; }

    public TransferSaga Saga { get; }

    public void Dispose()
    {
        foreach (var writer in Writers)
            writer.Dispose();
        ledger.Dispose();
    }

    /// <summary>Opens an account of that shard, with a number that is its.</summary>
    public async Task<AccountRecord> Open(int shard, string name)
    {
        var id = Enumerable.Range(0, 100_000).Select(number => AccountId.Parse($"{name}_{number}")).First(id => Shards.ShardOf(id) == shard);
        var number = Writers[shard].Ids.Next();
        var account = new AccountRecord
        {
            Number = number,
            Id = id,
            Tenant = 1,
            Currency = Currency.Usd,
            Status = AccountStatus.Open,
            Floor = 0,
            Limits = AccountLimits.None,
            Counters = default,
            Version = 0,
            EventVersion = 0,
            LastRow = 0,
            Activity = 0,
            WrappedDataKey = [1],
            SealedName = null,
            OpenedAtMs = 0,
        };
        var row = Row(shard, EventType.AccountOpened, TransferKind.None, number, 0, 0, id: number);
        Assert.Equal(Refusal.None, await Commit(shard, new JournalEntry { Owner = number, ExpectedVersion = 0, Row = row, Change = new AccountChange.Open(account) }));
        return (await Shards.Directory.Find(id))!;
    }

    public async Task Fund(AccountRecord account, long amount)
    {
        var shard = ShardNumbers.ShardOf(account.Number);
        var row = Row(shard, EventType.PaymentSettled, TransferKind.Posted, SystemAccount.Funding.Number(Currency.Usd), account.Number, amount);
        Assert.Equal(Refusal.None, await Commit(shard, new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = row }));
    }

    /// <summary>A payment's first row on its debtor's shard: the money is on its way to the other one.</summary>
    public async Task<LogRow> Debit(AccountRecord debtor, AccountRecord creditor, long amount, PaymentData? data = null)
    {
        var shard = ShardNumbers.ShardOf(debtor.Number);
        var returned = data?.ReturnedCredit ?? 0;
        var row = Row(
            shard, EventType.PaymentCreated, TransferKind.Posted, debtor.Number, SystemAccountNumbers.Transit(ShardNumbers.ShardOf(creditor.Number), Currency.Usd), amount,
            data: (data ?? new PaymentData()) with { Creditor = creditor.Id });
        var due = TransferDue.Of(debtor.Id, row.Id, row.TimeMs);
        Assert.Equal(Refusal.None, await Commit(shard, new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = row, DueAdded = [due], Returns = returned }));
        return row;
    }

    /// <summary>Closes an account without asking it.</summary>
    public async Task Close(AccountRecord account)
    {
        var shard = ShardNumbers.ShardOf(account.Number);
        var now = (await Writers[shard].Reader.FindAccount(account.Number))!;
        var row = Row(shard, EventType.AccountClosed, TransferKind.None, account.Number, 0, 0, version: now.EventVersion + 1);
        Assert.Equal(Refusal.None, await Commit(shard, new JournalEntry { Owner = account.Number, ExpectedVersion = now.Version, Row = row, Change = new AccountChange.Status(AccountStatus.Closed) }));
    }

    /// <summary>One more event of an account and of the transit account beside it: the newest of each stays in the log, however old it is.</summary>
    public async Task Decline(AccountRecord account)
    {
        var shard = ShardNumbers.ShardOf(account.Number);
        var row = Row(shard, EventType.PaymentRejected, TransferKind.None, account.Number, SystemAccountNumbers.Transit(1 - shard, Currency.Usd), 1);
        Assert.Equal(Refusal.None, await Commit(shard, new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = row }));
    }

    /// <summary>An event of this moment on each shard; then each does what is behind its log.</summary>
    public async Task Tick()
    {
        for (var shard = 0; shard < Writers.Length; shard++)
        {
            Assert.Equal(Refusal.None, await Commit(shard, new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = SystemCent.To(SystemAccount.Fees, Writers[shard], time) }));
            while (Writers[shard].CatchUp())
            {
            }
        }
    }

    /// <summary>Lets this process's writers of these shards commit, and time pass, until it is done.</summary>
    public async Task<T> Drive<T>(Task<T> task, params int[] shards)
    {
        await Until(() => task.IsCompleted, shards);
        return await task;
    }

    /// <summary>Lets this process's writers of these shards commit, and time pass, until it holds.</summary>
    public async Task Until(Func<bool> isDone, params int[] shards)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!isDone())
        {
            foreach (var shard in shards)
                Writers[shard].CommitQueued();
            time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Delay(1, patience.Token);
        }
    }

    private async Task<Refusal> Commit(int shard, JournalEntry entry)
    {
        Writers[shard].EnqueueReplay(entry);
        while (Writers[shard].CommitQueued() != WriterStep.Idle)
        {
        }

        return await entry.Committed;
    }

    private LogRow Row(int shard, EventType type, TransferKind kind, long debtor, long creditor, long amount, long? id = null, int version = 1, PaymentData? data = null)
    {
        var number = id ?? Writers[shard].Ids.Next();
        var row = new LogRow
        {
            Id = number,
            Type = type,
            TimeMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Tenant = 1,
            Payment = type.IsOfAccount() ? 0 : number,
            Version = version,
            Kind = kind,
            Debtor = debtor,
            Creditor = creditor,
            Amount = amount,
            Currency = Currency.Usd,
            Data = data?.Encode(),
        };
        LeafHash.Seal(row);
        return row;
    }
}
