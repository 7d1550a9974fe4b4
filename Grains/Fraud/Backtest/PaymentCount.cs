using Grains.Interfaces.Fraud.Backtest;
using Grains.Interfaces.Values;

namespace Grains.Fraud.Backtest;

/// <summary>Counts payments and their money, a sum a currency; sums may pass 64 bits.</summary>
internal sealed class PaymentCount
{
    private readonly SortedDictionary<string, (Currency Currency, Int128 Sum, long Payments)> money = new(StringComparer.Ordinal);

    public long Payments { get; private set; }

    public IReadOnlyList<CurrencyAmount> Amounts =>
        [.. money.Select(static pair => new CurrencyAmount(pair.Key, MoneyText.Of(pair.Value.Sum, pair.Value.Currency), pair.Value.Payments))];

    public void Add(Money amount)
    {
        Payments++;
        var (_, sum, payments) = money.GetValueOrDefault(amount.Currency.Code);
        money[amount.Currency.Code] = (amount.Currency, sum + amount.MinorUnits, payments + 1);
    }

    public PaymentSum Report() => new(Payments, Amounts);
}
