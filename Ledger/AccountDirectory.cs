using System.Collections.Concurrent;
using Grains.Interfaces.Values;

namespace Ledger;

/// <summary>
/// Accounts by id and number, remembered: what an account is never changes, and a change of its status is forgotten here as it
/// commits. Another process's close may be missed; the commit refuses it then, and whoever hears of that calls <see cref="Forget"/>.
/// Balances and versions in these records are as old as the record: never decide on them.
/// </summary>
public sealed class AccountDirectory(ILedgerReader reader)
{
    /// <summary>Remembered accounts; beyond it, all are forgotten and read again as they are asked for.</summary>
    public const int Capacity = 200_000;

    private readonly ConcurrentDictionary<AccountId, AccountRecord> byId = new();
    private readonly ConcurrentDictionary<long, AccountRecord> byNumber = new();
    private long forgotten;

    // Counted here: a concurrent dictionary takes all its locks to count itself. One that is remembered again counts again.
    private int remembered;

    public ValueTask<AccountRecord?> Find(AccountId id) =>
        byId.TryGetValue(id, out var account) ? new ValueTask<AccountRecord?>(account) : Read(id);

    public ValueTask<AccountRecord?> Find(long number) =>
        byNumber.TryGetValue(number, out var account) ? new ValueTask<AccountRecord?>(account) : Read(number);

    public void Forget(long number)
    {
        Interlocked.Increment(ref forgotten);
        if (byNumber.TryRemove(number, out var account))
            byId.TryRemove(account.Id, out _);
    }

    private async ValueTask<AccountRecord?> Read(AccountId id)
    {
        var before = Interlocked.Read(ref forgotten);
        return Remember(await reader.FindAccount(id), before);
    }

    private async ValueTask<AccountRecord?> Read(long number)
    {
        var before = Interlocked.Read(ref forgotten);
        return Remember(await reader.FindAccount(number), before);
    }

    private AccountRecord? Remember(AccountRecord? account, long before)
    {
        // What was read while something was forgotten may be what was to be forgotten.
        if (account is null || Interlocked.Read(ref forgotten) != before)
            return account;
        if (Interlocked.Increment(ref remembered) > Capacity)
        {
            byId.Clear();
            byNumber.Clear();
            Volatile.Write(ref remembered, 1);
        }

        byId[account.Id] = account;
        byNumber[account.Number] = account;
        // Forgotten between the look and the note: forgotten again.
        if (Interlocked.Read(ref forgotten) != before)
        {
            byNumber.TryRemove(account.Number, out _);
            byId.TryRemove(account.Id, out _);
        }

        return account;
    }
}
