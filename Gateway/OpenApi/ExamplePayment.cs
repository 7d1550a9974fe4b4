using Gateway.Payments;
using Gateway.Sandbox;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Shards;
using Microsoft.Extensions.Options;

namespace Gateway.OpenApi;

/// <summary>A payment that the document's examples can name: ids are not known before there is one.</summary>
internal sealed class ExamplePayment(LedgerShards shards, AccountDirectory directory, IRegistry registry, IOptions<GatewayOptions> options)
{
    private const int RowsLookedAt = 200;

    /// <summary>A settled payment within the sandbox's first bank of which something is left to return; null while there is none.</summary>
    public async ValueTask<string?> Find()
    {
        if (!options.Value.Sandbox || registry.FindKey(Keys.ApiKeys.Hash(SandboxSeed.BankKey)) is not { } key)
            return null;
        foreach (var row in (await Task.WhenAll(shards.Writers.Select(static writer => writer.Reader.RowsBefore(0, RowsLookedAt).AsTask()))).SelectMany(static rows => rows))
        {
            if (!PaymentViews.IsPayment(row) || row.Type != EventType.PaymentSettled || row.Tenant != key.Tenant || PaymentData.Decode(row.Data).ReturnOf is not null)
                continue;
            if (await directory.Find(row.Creditor) is { } creditor && creditor.Tenant == key.Tenant && await directory.Find(row.Debtor) is { } debtor && await shards.Reader.AmountReturned(row.Id) < row.Amount)
                return new PaymentId(Bucket.Of(debtor.Id), row.Id).ToString();
        }

        return null;
    }
}
