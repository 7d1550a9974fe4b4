using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;

namespace Grains.Checkout;

/// <summary>Money of card payments in the ledger, and the balance transactions that show it.</summary>
internal static class Books
{
    /// <summary>How long captured money takes to become available: two days, then at midnight UTC.</summary>
    private const long MaturesAfterSeconds = 2 * Day;

    private const long Day = 24 * 3600;

    public static Currency CurrencyOf(string code) => Currency.Parse(code.ToUpperInvariant());

    public static long Receivable(Currency currency) => SystemAccount.AcquirerReceivable.Number(currency);

    /// <summary>Takes the fee out of the merchant's balance.</summary>
    public static void TakeFee(Draft draft, long fee, Currency currency, string subject)
    {
        if (fee > 0)
            draft.Move(EventType.FeeCharged, TransferKind.Posted, draft.BalanceAccount(currency), SystemAccount.Fees.Number(currency), fee, currency, subject);
    }

    /// <summary>Notes a change of the merchant's balance; returns the transaction's id.</summary>
    public static string Note(Draft draft, string type, string category, string source, long amount, long fee, Currency currency, string? description, bool availableAtOnce, string feeText = "Payment processing fees")
    {
        var number = draft.NewNumber();
        var code = currency.Code.ToLowerInvariant();
        var availableOn = availableAtOnce ? draft.Now : ((draft.Now + MaturesAfterSeconds + Day - 1) / Day) * Day;
        var transaction = new BalanceTransaction
        {
            Id = draft.IdOf(DocumentKind.BalanceTransaction, number),
            Amount = amount,
            AvailableOn = availableOn,
            Created = draft.Now,
            Currency = code,
            Description = description,
            Fee = fee,
            FeeDetails = fee == 0 ? [] : [new FeeDetail(fee, code, feeText, "stripe_fee")],
            ReportingCategory = category,
            Source = source,
            Status = availableAtOnce ? "available" : "pending",
            Type = type,
        };
        draft.Put(DocumentKind.BalanceTransaction, number, transaction);
        if (!availableAtOnce)
            Mature(draft, code, availableOn, transaction.Net);
        return transaction.Id;
    }

    // By day, not by transaction: what is not available yet is a handful of sums, however many payments made it.
    private static void Mature(Draft draft, string currency, long availableOn, long net)
    {
        var (number, maturing) = draft.Maturing(currency);
        var sums = maturing.NetByAvailableOn.Where(sum => sum.Key > draft.Now).ToDictionary();
        sums[availableOn] = checked(sums.GetValueOrDefault(availableOn) + net);
        draft.Put(DocumentKind.Maturing, number, maturing with { NetByAvailableOn = sums });
    }
}
