using System.Text.Json;
using Grains.Checkout;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;

namespace Grains.Reconciliation;

/// <summary>One entry of a merchant's by itself: its balance transactions say what its transfers moved on the merchant's balance.</summary>
internal static class EntryBalance
{
    /// <summary>A sentence a currency in which they do not.</summary>
    public static IEnumerable<string> Differences(IReadOnlyList<DocumentState> frame, IEnumerable<LogRow> money)
    {
        var sums = new Dictionary<Currency, (long Said, long Moved)>();
        foreach (var state in frame)
        {
            if (state is not { Kind: (byte)DocumentKind.BalanceTransaction, Version: 1 })
                continue;
            var transaction = JsonSerializer.Deserialize(state.Public.Span, StoredJson.Default.BalanceTransaction)!;
            var currency = Books.CurrencyOf(transaction.Currency);
            var sum = sums.GetValueOrDefault(currency);
            sums[currency] = sum with { Said = checked(sum.Said + transaction.Amount - transaction.Fee) };
        }

        foreach (var row in money)
        {
            var sum = sums.GetValueOrDefault(row.Currency);
            sums[row.Currency] = sum with { Moved = checked(sum.Moved + Effect(row)) };
        }

        return sums.Where(static sum => sum.Value.Said != sum.Value.Moved)
            .Select(static sum => $"Its balance transactions say {sum.Value.Said} {sum.Key.Code}; its transfers moved {sum.Value.Moved}.");
    }

    // The accounts of the other side are the product's own.
    private static long Effect(LogRow row)
    {
        if (row.Kind is not (TransferKind.Posted or TransferKind.Post or TransferKind.PostFinal))
            return 0;
        var amount = WireCurrency.ToWire(row.Amount, row.Currency);
        return (SystemAccountNumbers.IsSystem(row.Creditor) ? 0 : amount) - (SystemAccountNumbers.IsSystem(row.Debtor) ? 0 : amount);
    }
}
