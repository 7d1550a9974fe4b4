using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;

namespace Ledger;

/// <summary>An account as the batch at hand has it.</summary>
internal class AccountRow(AccountRecord account)
{
    public readonly long Number = account.Number;
    public readonly AccountId Id = account.Id;
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
