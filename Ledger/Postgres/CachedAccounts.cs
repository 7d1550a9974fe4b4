namespace Ledger.Postgres;

/// <summary>
/// Accounts as the writer last saw them. Another process may have moved them on since: a commit is written only where nothing was
/// committed that this process does not know, or, in place, where each account that the batch looked at is still in the state that is
/// remembered here. So a wrong memory costs a second try, and never a wrong row.
/// </summary>
internal sealed class CachedAccounts
{
    /// <summary>Remembered accounts; beyond it, all are let go after a commit.</summary>
    private const int Capacity = 200_000;

    private readonly Dictionary<long, CachedAccount> accounts = [];
    private readonly List<CachedAccount> inEntry = [];
    private readonly List<CachedAccount> touched = [];

    /// <summary>What the batch looked at, whether or not it changed it.</summary>
    public List<CachedAccount> Touched => touched;

    public bool Has(long number) => accounts.ContainsKey(number);

    /// <summary>The version that the database is believed to have of an account that is remembered.</summary>
    public long StoredVersion(long number) => accounts[number].Stored.Version;

    /// <summary>Takes over what the database has.</summary>
    public void Read(AccountRecord record) => accounts[record.Number] = new CachedAccount(record);

    /// <summary>
    /// Takes over what another process changed of an account, if that is newer than what is remembered. What else changed of it came with
    /// an event of its own: then it is read anew.
    /// </summary>
    public void MovedOn(long number, in CounterState state)
    {
        if (!accounts.TryGetValue(number, out var account))
            return;
        if (state.EventVersion > account.Stored.EventVersion)
            accounts.Remove(number);
        else if (state.IsAfter(account.Stored))
            (account.Stored, account.Now) = (state, state);
    }

    /// <summary>The account, for the entry at hand; null where there is none.</summary>
    public AccountRow? Take(long number)
    {
        if (!accounts.TryGetValue(number, out var account))
        {
            if (!SystemAccountNumbers.Exists(number))
                return null;
            account = NewSystem(number);
            accounts.Add(number, account);
        }

        if (!account.InEntry)
        {
            account.InEntry = true;
            (account.Before, account.StatusBefore) = (account.Now, account.Status);
            inEntry.Add(account);
        }

        return account;
    }

    /// <summary>An account that the entry at hand opens.</summary>
    public void Create(AccountRecord record) => accounts[record.Number] = new CachedAccount(record) { NotYetStored = record };

    public void EntryAccepted()
    {
        foreach (var account in inEntry)
            LookedAt(account);
        inEntry.Clear();
    }

    /// <param name="created">The account that it would have opened; 0 for none.</param>
    public void EntryRefused(long created)
    {
        foreach (var account in inEntry)
        {
            (account.Now, account.Status) = (account.Before, account.StatusBefore);
            // The refusal rests on it too.
            if (account.Number != created)
                LookedAt(account);
        }

        inEntry.Clear();
        if (created != 0)
            accounts.Remove(created);
    }

    public void BatchCommitted()
    {
        foreach (var account in touched)
        {
            account.InBatch = false;
            account.Stored = account.Now;
            if (account.IsUnused)
                accounts.Remove(account.Number);
            else
                account.NotYetStored = null;
        }

        touched.Clear();
        if (accounts.Count > Capacity)
            accounts.Clear();
    }

    /// <summary>A usual batch, which changes nothing but counters, is decided again: its accounts are as they were believed to be before it.</summary>
    public void BatchUndone()
    {
        foreach (var account in touched)
        {
            account.InBatch = false;
            account.Now = account.Stored;
            if (account.NotYetStored is not null)
                accounts.Remove(account.Number);
        }

        touched.Clear();
    }

    /// <summary>The batch did not commit, or not as it was decided: what it looked at is read again.</summary>
    public void BatchFailed()
    {
        foreach (var account in inEntry)
            accounts.Remove(account.Number);
        foreach (var account in touched)
            accounts.Remove(account.Number);
        inEntry.Clear();
        touched.Clear();
    }

    /// <summary>Between two batches: nothing is remembered.</summary>
    public void Clear() => accounts.Clear();

    public void Forget(IEnumerable<long> numbers)
    {
        foreach (var number in numbers)
            accounts.Remove(number);
    }

    private void LookedAt(CachedAccount account)
    {
        account.InEntry = false;
        if (account.InBatch)
            return;
        account.InBatch = true;
        touched.Add(account);
    }

    private static CachedAccount NewSystem(long number)
    {
        var account = SystemAccountNumbers.NewRecord(number);
        return new CachedAccount(account) { NotYetStored = account };
    }
}

/// <summary>An account, and the state that the database is believed to have.</summary>
internal sealed class CachedAccount(AccountRecord account) : AccountRow(account)
{
    public CounterState Stored = CounterState.Of(account);

    /// <summary>Whether the batch changes it, or only a refusal rests on it.</summary>
    public bool IsChanged => Now.Version != Stored.Version || Now.Activity != Stored.Activity;

    /// <summary>Not in the database, and not to be: only refused entries named it.</summary>
    public bool IsUnused => NotYetStored is not null && Now is { Activity: 0, Version: 0 };
}
