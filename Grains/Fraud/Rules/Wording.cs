using System.Globalization;
using Grains.Fraud.Features;
using Grains.Interfaces.Values;

namespace Grains.Fraud.Rules;

/// <summary>How numbers stand in a reason's sentence: the same everywhere, whatever the machine's language.</summary>
internal static class Wording
{
    /// <summary>With thousands separators: <c>5,570</c>.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Thousandths with one digit, cut off: <c>6.5</c>.</summary>
    public static string Milli(long thousandths) => string.Create(CultureInfo.InvariantCulture, $"{Math.Truncate(thousandths / 100m) / 10:N1}");

    /// <summary>With the currency's minor digits and its code: <c>1,250.00 USD</c>.</summary>
    public static string Amount(long minorUnits, Currency currency)
    {
        var text = new Money(minorUnits, currency).ToDecimalString();
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var (whole, fraction) = point < 0 ? (text, "") : (text[..point], text[point..]);
        return $"{Number(long.Parse(whole, CultureInfo.InvariantCulture))}{fraction} {currency.Code}";
    }

    /// <summary>The two largest units: <c>3 d 04 h</c>, <c>2 h 00</c>, <c>45 min</c>, <c>12 s</c>, <c>350 ms</c>; cut off.</summary>
    public static string Duration(long ms) => ms switch
    {
        >= WindowMs.Day => $"{Number(ms / WindowMs.Day)} d {ms % WindowMs.Day / WindowMs.Hour:00} h",
        >= WindowMs.Hour => $"{ms / WindowMs.Hour} h {ms % WindowMs.Hour / WindowMs.Minute:00}",
        >= WindowMs.Minute => $"{ms / WindowMs.Minute} min",
        >= 1_000 => $"{ms / 1_000} s",
        _ => $"{ms} ms",
    };
}
