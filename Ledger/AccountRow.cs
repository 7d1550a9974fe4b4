using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;

namespace Ledger;

/// <summary>An account as the batch at hand has it.</summary>
internal class AccountRow(AccountRecord account)
{
    public readonly long Number = account.Number;
    public readonly long Tenant = account.Tenant;
    public readonly Currency Currency = account.Currency;
    public readonly long? Floor = account.Floor;
    public State Now = new(account);
    public State Before;
    public bool InEntry;
    public bool InBatch;
    public AccountRecord? NotYetStored;

    public struct State(AccountRecord account)
    {
        public long DebitsPosted = account.Counters.DebitsPosted;
        public long CreditsPosted = account.Counters.CreditsPosted;
        public long DebitsPending = account.Counters.DebitsPending;
        public long CreditsPending = account.Counters.CreditsPending;
        public long Version = account.Version;
        public int EventVersion = account.EventVersion;
        public long LastRow = account.LastRow;
        public long Activity = account.Activity;
        public AccountStatus Status = account.Status;

        public readonly long Posted => CreditsPosted - DebitsPosted;
    }
}
