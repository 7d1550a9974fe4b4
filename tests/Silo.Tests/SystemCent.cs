using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.EventLog;
using Silo.Embedded;

namespace Silo.Tests;

/// <summary>A cent from one system account to another: the least that a ledger records, for work of the tests' own to commit with.</summary>
internal static class SystemCent
{
    public static LogRow To(SystemAccount creditor, EmbeddedEdition edition, IdempotencyKey key = default) => To(creditor, edition.Writer, edition.Clock, key);

    public static LogRow To(SystemAccount creditor, LedgerWriter writer, TimeProvider clock, IdempotencyKey key = default)
    {
        var id = writer.Ids.Next();
        var row = new LogRow
        {
            Id = id,
            Type = EventType.PaymentSettled,
            TimeMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Tenant = 1,
            Payment = id,
            Version = 1,
            Kind = TransferKind.Posted,
            Debtor = SystemAccount.Funding.Number(Currency.Usd),
            Creditor = creditor.Number(Currency.Usd),
            Amount = 1,
            Currency = Currency.Usd,
            Key = key,
        };
        LeafHash.Seal(row);
        return row;
    }
}
