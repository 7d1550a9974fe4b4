using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger.EventLog;

namespace Ledger.Tests;

/// <summary>
/// Writes journal entries for tests as a grain would: ids from the store's leases, versions from what it last saw, leaf hashes
/// sealed. An account is named by a short text; its grain's speculative version is kept here.
/// </summary>
internal sealed class JournalDraft(ILedgerStore store)
{
    /// <summary>Beyond it, accounts are read by page and not one by one.</summary>
    private const int Many = 8;

    private readonly Dictionary<string, Owner> owners = [];
    private long nextId;
    private long endOfLease;

    public static Currency Usd => Currency.Usd;

    public static Currency Eur { get; } = Currency.Parse("EUR");

    public ILedgerStore Store { get; set; } = store;

    public long NowMs { get; set; } = 1_000;

    public long NextId()
    {
        if (nextId == endOfLease)
        {
            nextId = Store.LeaseIds(1_000);
            endOfLease = nextId + 1_000;
        }

        return nextId++;
    }

    public long Number(string name) =>
        name.StartsWith("system:", StringComparison.Ordinal) ? SystemNumber(name) : owners[name].Number;

    public Owner this[string name] => owners[name];

    public IEnumerable<string> Names => owners.Keys;

    public JournalEntry Open(string name, long? floor = 0, Currency? currency = null, IdempotencyKey key = default, byte[]? sealedName = null)
    {
        var id = NextId();
        if (!owners.ContainsKey(name))
            owners[name] = new Owner { Number = id, Currency = currency ?? Usd, Version = 0 };
        var row = Row(EventType.AccountOpened, TransferKind.None, id, 0, 0, currency: currency, id: id, payment: 0, version: 1, key: key);
        var account = new AccountRecord
        {
            Number = id,
            Id = AccountId.Parse(name),
            Tenant = 1,
            Currency = currency ?? Usd,
            Status = AccountStatus.Open,
            Floor = floor,
            Limits = AccountLimits.None,
            Counters = default,
            Version = 0,
            EventVersion = 0,
            LastRow = 0,
            Activity = 0,
            WrappedDataKey = [1, 2, 3],
            SealedName = sealedName,
            OpenedAtMs = NowMs,
        };
        var owner = owners[name];
        if (owner.Number == id)
        {
            owner.Version = 1;
            owner.EventVersion = 1;
        }

        return new JournalEntry { Owner = id, ExpectedVersion = 0, Row = row, Change = new AccountChange.Open(account) };
    }

    public JournalEntry Fund(string name, long amount, string from = "system:funding")
    {
        var owner = owners[name];
        var source = from == "system:funding" ? SystemAccount.Funding.Number(owner.Currency) : Number(from);
        return Decide(name, Row(EventType.AccountFunded, TransferKind.Posted, source, owner.Number, amount, currency: owner.Currency, payment: 0, version: ++owner.EventVersion));
    }

    public JournalEntry Pay(string debtor, string creditor, long amount, IdempotencyKey key = default, WriterLane? lane = null, long? id = null) =>
        Decide(debtor, Transfer(debtor, creditor, amount, TransferKind.Posted, key: key, id: id), lane);

    public JournalEntry Decline(string debtor, string creditor, long amount, IdempotencyKey key = default) =>
        Decide(debtor, Row(EventType.PaymentRejected, TransferKind.None, Number(debtor), Number(creditor), amount, key: key, reason: Reason.InsufficientFunds));

    public JournalEntry ChangeStatus(string name, AccountStatus to)
    {
        var owner = owners[name];
        var type = to switch
        {
            AccountStatus.Open => EventType.AccountUnfrozen,
            AccountStatus.Frozen => EventType.AccountFrozen,
            AccountStatus.Closed => EventType.AccountClosed,
        };
        var row = Row(type, TransferKind.None, owner.Number, 0, 0, currency: owner.Currency, payment: 0, version: ++owner.EventVersion);
        return Decide(name, row, change: new AccountChange.Status(to));
    }

    public LogRow Transfer(string debtor, string creditor, long amount, TransferKind kind, long? payment = null, IdempotencyKey key = default, long expiresAtMs = 0, Currency? currency = null, long? id = null) =>
        Row(TypeOf(kind), kind, Number(debtor), Number(creditor), amount, currency, payment, key, id: id, expiresAtMs: expiresAtMs, version: payment is null ? 1 : 2);

    /// <summary>An entry of the account's grain, on the version that it believes the account to have.</summary>
    public JournalEntry Decide(string owner, LogRow row, WriterLane? lane = null, AccountChange? change = null, LogRow[]? more = null, long returns = 0, DueItem[]? dueAdded = null, DueItem[]? dueDone = null, long[]? references = null)
    {
        var state = owners[owner];
        return new JournalEntry
        {
            Owner = state.Number,
            ExpectedVersion = state.Version++,
            Row = row,
            Lane = lane,
            Change = change,
            MoreRows = more,
            Returns = returns,
            DueAdded = dueAdded,
            DueDone = dueDone,
            References = references,
        };
    }

    public LogRow Row(EventType type, TransferKind kind, long debtor, long creditor, long amount, Currency? currency = null, long? payment = null, IdempotencyKey key = default, int version = 1, long? id = null, long expiresAtMs = 0, Reason reason = default)
    {
        var number = id ?? NextId();
        var row = new LogRow
        {
            Id = number,
            Type = type,
            TimeMs = NowMs,
            Tenant = 1,
            Payment = payment ?? number,
            Version = version,
            Kind = kind,
            Debtor = debtor,
            Creditor = creditor,
            Amount = amount,
            Currency = currency ?? Usd,
            Key = key,
            RequestHash = key.IsNone ? UInt128.Zero : 77,
            Reason = reason,
            ExpiresAtMs = expiresAtMs,
        };
        LeafHash.Seal(row);
        return row;
    }

    public Refusal Commit(JournalEntry entry)
    {
        Store.Commit([entry]);
        Reload();
        return entry.Outcome;
    }

    public Refusal[] CommitAll(params JournalEntry[] entries)
    {
        Store.Commit(entries);
        Reload();
        return [.. entries.Select(static entry => entry.Outcome)];
    }

    public AccountRecord? Find(string name) => Store.Reader.FindAccount(AccountId.Parse(name)).Now();

    public AccountRecord Account(string name) => Find(name) ?? throw new InvalidOperationException($"There is no account {name}.");

    /// <summary>What a grain does after a refusal: takes over what the ledger has.</summary>
    public void Reload()
    {
        var listed = owners.Count > Many ? All() : null;
        foreach (var (name, owner) in owners)
        {
            if ((listed is null ? Find(name) : listed.GetValueOrDefault(name)) is not { } account)
                continue;
            (owner.Number, owner.Version, owner.EventVersion) = (account.Number, account.Version, account.EventVersion);
        }
    }

    public void Forget(string name) => owners.Remove(name);

    // In pages: a reading of each would be the longest part of a test of hundreds of accounts.
    private Dictionary<string, AccountRecord> All()
    {
        var all = new Dictionary<string, AccountRecord>();
        for (var after = 0L; Store.Reader.ListAccounts(null, after, 1_000, newestFirst: false).Now() is { Count: > 0 } page; after = page[^1].Number)
            foreach (var account in page)
                all.Add(account.Id.Value, account);
        return all;
    }

    private static EventType TypeOf(TransferKind kind) => kind switch
    {
        TransferKind.None => EventType.PaymentRejected,
        TransferKind.Posted => EventType.PaymentSettled,
        TransferKind.Hold or TransferKind.Increase => EventType.PaymentHeld,
        TransferKind.Post or TransferKind.PostFinal => EventType.PaymentReleased,
        TransferKind.Void or TransferKind.Expire => EventType.PaymentVoided,
    };

    private static long SystemNumber(string name) => name switch
    {
        "system:funding" => SystemAccount.Funding.Number(Usd),
        "system:transit" => SystemAccount.Transit.Number(Usd),
        "system:fees" => SystemAccount.Fees.Number(Usd),
        "system:suspense" => SystemAccount.Suspense.Number(Usd),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such system account."),
    };

    internal sealed class Owner
    {
        public required long Number { get; set; }

        public required Currency Currency { get; init; }

        public required long Version { get; set; }

        public int EventVersion { get; set; }
    }
}
