using Gateway.Keys;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger;

namespace Gateway.Accounts;

/// <summary>Committed accounts as a caller sees them: those of its tenant, or all.</summary>
internal sealed class AccountViews(ILedgerReader reader, PaymentReader names)
{
    /// <summary>The account as it stands now; null where there is none that the caller sees.</summary>
    public async ValueTask<AccountRecord?> Find(string? id, Caller caller) =>
        AccountId.TryParse(id, out var account) && await reader.FindAccount(account) is { } record && caller.Sees(record.Tenant) ? record : null;

    public AccountSnapshot Snapshot(AccountRecord record) => new()
    {
        Id = record.Id,
        Currency = record.Currency,
        Status = record.Status,
        Balance = new AccountBalance(record.Counters.Posted, record.Counters.DebitsPending, record.Counters.CreditsPending),
        Floor = record.Floor ?? 0,
        Limits = record.Limits,
        Name = names.OpenName(record),
        At = DateTimeOffset.FromUnixTimeMilliseconds(record.OpenedAtMs),
    };
}
