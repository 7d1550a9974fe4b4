using System.Globalization;
using Grains.Interfaces.Values;

namespace Grains.Fraud.Backtest;

/// <summary>Sums of money that may pass 64 bits, as decimal strings.</summary>
internal static class MoneyText
{
    /// <param name="minorUnits">0 or more.</param>
    public static string Of(Int128 minorUnits, Currency currency)
    {
        var digits = currency.MinorDigits;
        var text = minorUnits.ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
        return digits == 0 ? text : $"{text[..^digits]}.{text[^digits..]}";
    }
}
