using System.Globalization;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Fraud.Backtest;
using Grains.Interfaces.Values;

namespace Grains.Fraud.Backtest;

/// <summary>Counts how decisions stand to labels, by number and by the money of each currency.</summary>
internal sealed class QualityCount
{
    private readonly Cells payments = new();
    private readonly SortedDictionary<string, (Currency Currency, Cells Cells)> money = new(StringComparer.Ordinal);

    public void Add(RiskOutcome outcome, CaseLabel label, Money amount)
    {
        if (!money.TryGetValue(amount.Currency.Code, out var of))
            money.Add(amount.Currency.Code, of = (amount.Currency, new Cells()));
        var isStopped = outcome != RiskOutcome.Approve;
        payments.Add(isStopped, label, 1);
        of.Cells.Add(isStopped, label, amount.MinorUnits);
    }

    public BacktestQuality Report() => new(
        payments.Report(static count => count.ToString(CultureInfo.InvariantCulture)),
        [.. money.Select(static pair => new CurrencyRates(pair.Key, pair.Value.Cells.Report(sum => MoneyText.Of(sum, pair.Value.Currency))))]);

    /// <summary>Sums may pass 64 bits.</summary>
    private sealed class Cells
    {
        private Int128 fraudStopped;
        private Int128 fraudMissed;
        private Int128 goodStopped;

        public void Add(bool isStopped, CaseLabel label, long weight)
        {
            switch (label)
            {
                case CaseLabel.ConfirmedFraud when isStopped: fraudStopped += weight; break;
                case CaseLabel.ConfirmedFraud: fraudMissed += weight; break;
                case CaseLabel.FalsePositive when isStopped: goodStopped += weight; break;
                case CaseLabel.FalsePositive: break;
                case CaseLabel.ValuableAlert: break;
                default: throw new ArgumentOutOfRangeException(nameof(label), label, "Not a label.");
            }
        }

        public BacktestRates Report(Func<Int128, string> text) => new(
            text(fraudStopped), text(fraudMissed), text(goodStopped),
            Share(fraudStopped, fraudStopped + goodStopped), Share(fraudStopped, fraudStopped + fraudMissed), Share(goodStopped, fraudStopped));

        private static decimal? Share(Int128 part, Int128 whole) =>
            whole == 0 ? null : decimal.Round((decimal)part / (decimal)whole, 4, MidpointRounding.AwayFromZero);
    }
}
