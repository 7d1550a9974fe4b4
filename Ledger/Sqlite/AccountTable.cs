using System.Text.Json;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;

namespace Ledger.Sqlite;

/// <summary>
/// The writer's view of accounts: read once, then kept, since no other connection writes them. What a batch changed goes to the
/// <see cref="CountersTail"/> once an account, at the end of the batch, however often the account moved.
/// </summary>
internal sealed class AccountTable(SqliteDatabase database, CountersTail tail)
{
    public const string Columns =
        "a.number, a.id, a.tenant, a.currency, a.status, a.floor, a.limits, a.data_key, a.sealed_name, a.opened_at, " +
        "c.debits_posted, c.credits_posted, c.debits_pending, c.credits_pending, c.version, c.event_version, c.last_row, c.activity";

    private const string SelectByNumber = $"SELECT {Columns} {From} WHERE a.number = ?";

    public const string From = "FROM account a JOIN counters c ON c.account = a.number";

    /// <summary>Kept accounts; beyond it, all are let go after a commit.</summary>
    private const int Capacity = 100_000;

    private readonly Dictionary<long, AccountRow> accounts = [];
    private readonly List<AccountRow> changed = [];
    private readonly List<AccountRow> changedByEntry = [];

    /// <summary>The account, to be changed by the entry at hand; null where there is none.</summary>
    public AccountRow? Take(long number)
    {
        if (!accounts.TryGetValue(number, out var account))
        {
            account = Load(number) ?? (SystemAccountNumbers.Exists(number) ? NewSystem(number) : null);
            if (account is null)
                return null;
            accounts.Add(number, account);
        }

        if (!account.InEntry)
        {
            account.InEntry = true;
            (account.Before, account.StatusBefore) = (account.Now, account.Status);
            changedByEntry.Add(account);
        }

        return account;
    }

    public bool Exists(AccountId id)
    {
        var select = database.Statement("SELECT 1 FROM account WHERE id = ?").Bind(1, id.Value);
        var exists = select.Step();
        select.Reset();
        return exists;
    }

    public void Create(AccountRecord account)
    {
        Insert(account);
        // The entry that opens it takes it next; a refusal or rollback takes the database row away with it.
        accounts.Remove(account.Number);
    }

    public void EntryAccepted()
    {
        foreach (var account in changedByEntry)
        {
            account.InEntry = false;
            if (account.InBatch)
                continue;
            account.InBatch = true;
            changed.Add(account);
        }

        changedByEntry.Clear();
    }

    public void EntryRefused()
    {
        foreach (var account in changedByEntry)
        {
            account.InEntry = false;
            (account.Now, account.Status) = (account.Before, account.StatusBefore);
        }

        changedByEntry.Clear();
    }

    /// <summary>Forgets what may not be in the database: a savepoint or the transaction was rolled back.</summary>
    public void Forget(long number) => accounts.Remove(number);

    /// <summary>How many accounts the batch changed.</summary>
    public int ChangedCount => changed.Count;

    /// <summary>Writes what the batch, that begins at this position, changed.</summary>
    public void WriteChanged(long position)
    {
        foreach (var account in changed)
        {
            if (account.NotYetStored is { } created)
            {
                Insert(created);
                account.NotYetStored = null;
            }
        }

        tail.Write(position, changed);
    }

    public void BatchCommitted()
    {
        tail.Committed(changed);
        foreach (var account in changed)
            account.InBatch = false;
        changed.Clear();
        if (accounts.Count > Capacity)
            accounts.Clear();
    }

    public void BatchRolledBack()
    {
        tail.RolledBack();
        changedByEntry.Clear();
        changed.Clear();
        accounts.Clear();
    }

    public static AccountRecord Read(PreparedStatement select) => new()
    {
        Number = select.Int64(0),
        Id = AccountId.Parse(select.Text(1)),
        Tenant = select.Int64(2),
        Currency = Currency.FromNumber((short)select.Int64(3)),
        Status = (AccountStatus)select.Int64(4),
        Floor = select.NullableInt64(5),
        Limits = select.NullableText(6) is { } limits ? JsonSerializer.Deserialize(limits, AccountDataJson.Default.AccountLimits)! : AccountLimits.None,
        WrappedDataKey = select.Blob(7),
        SealedName = select.Blob(8),
        OpenedAtMs = select.Int64(9),
        Counters = new Counters(select.Int64(10), select.Int64(11), select.Int64(12), select.Int64(13)),
        Version = select.Int64(14),
        EventVersion = (int)select.Int64(15),
        LastRow = select.Int64(16),
        Activity = select.Int64(17),
    };

    private AccountRow? Load(long number)
    {
        var select = database.Statement(SelectByNumber).Bind(1, number);
        if (!select.Step())
            return null;
        var account = new AccountRow(Read(select));
        select.Reset();
        if (tail.TryFind(number, out var newer))
            account.Now = newer;
        return account;
    }

    // It goes to the database with the first batch that changes it: what only a refused entry named is not there.
    private static AccountRow NewSystem(long number)
    {
        var account = new AccountRecord
        {
            Number = number,
            Id = SystemAccountNumbers.Id(number),
            Tenant = 0,
            Currency = SystemAccountNumbers.CurrencyOf(number),
            Status = AccountStatus.Open,
            Floor = null,
            Limits = AccountLimits.None,
            Counters = default,
            Version = 0,
            EventVersion = 0,
            LastRow = 0,
            Activity = 0,
            WrappedDataKey = null,
            SealedName = null,
            OpenedAtMs = 0,
        };
        return new AccountRow(account) { NotYetStored = account };
    }

    private void Insert(AccountRecord account)
    {
        database.Statement("INSERT INTO account (number, id, tenant, currency, status, floor, limits, data_key, sealed_name, opened_at) VALUES (?,?,?,?,?,?,?,?,?,?)")
            .Bind(1, account.Number).Bind(2, account.Id.Value).Bind(3, account.Tenant).Bind(4, account.Currency.Number).Bind(5, (long)account.Status)
            .Bind(6, account.Floor).Bind(7, LimitsText(account.Limits)).Bind(8, account.WrappedDataKey).Bind(9, account.SealedName).Bind(10, account.OpenedAtMs).Run();
        database.Statement("INSERT INTO counters (account, debits_posted, credits_posted, debits_pending, credits_pending, version, event_version, last_row, activity) VALUES (?,0,0,0,0,0,0,0,0)")
            .Bind(1, account.Number).Run();
    }

    public void SetStatus(AccountRow account, AccountStatus status)
    {
        account.Status = status;
        database.Statement("UPDATE account SET status=? WHERE number=?").Bind(1, (long)status).Bind(2, account.Number).Run();
    }

    public void SetLimits(AccountRow account, AccountLimits limits) =>
        database.Statement("UPDATE account SET limits=? WHERE number=?").Bind(1, LimitsText(limits)).Bind(2, account.Number).Run();

    private static string? LimitsText(AccountLimits limits) =>
        limits == AccountLimits.None ? null : JsonSerializer.Serialize(limits, AccountDataJson.Default.AccountLimits);
}

/// <summary>An account as the batch at hand has it.</summary>
internal sealed class AccountRow(AccountRecord account)
{
    public readonly long Number = account.Number;
    public readonly long Tenant = account.Tenant;
    public readonly Currency Currency = account.Currency;
    public readonly long? Floor = account.Floor;
    public CounterState Now = CounterState.Of(account);
    public CounterState Before;
    public AccountStatus Status = account.Status;
    public AccountStatus StatusBefore;
    public bool InEntry;
    public bool InBatch;
    public AccountRecord? NotYetStored;
}
