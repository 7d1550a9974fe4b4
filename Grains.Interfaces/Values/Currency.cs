using System.Text.Json.Serialization;

namespace Grains.Interfaces.Values;

/// <summary>
/// A currency by its ISO 4217 alphabetic code, with its minor unit (the digits after the decimal point).
/// Only the codes of <see cref="CurrencyTable"/> exist; the default value is no currency and is refused wherever money is.
/// </summary>
[JsonConverter(typeof(CurrencyJsonConverter))]
public readonly record struct Currency
{
    private Currency(short number) => Number = number;

    public static Currency Usd { get; } = Parse("USD");

    /// <summary>The ISO 4217 numeric code, 1–999; 0 is no currency.</summary>
    public short Number { get; }

    /// <summary>Three upper-case letters.</summary>
    public string Code => CurrencyTable.Code(Number);

    /// <summary>Digits after the decimal point: 0 (JPY), 2 (USD), 3 (BHD) or 4 (CLF).</summary>
    public int MinorDigits => CurrencyTable.MinorDigits(Number);

    public static bool TryParse(ReadOnlySpan<char> code, out Currency currency)
    {
        var found = CurrencyTable.TryNumber(code, out var number);
        currency = new Currency(number);
        return found;
    }

    public static Currency Parse(string code) =>
        TryParse(code, out var currency) ? currency : throw new FormatException($"'{code}' is not an ISO 4217 currency code.");

    /// <summary>Whether this is the ISO 4217 numeric code of a currency.</summary>
    public static bool Exists(short number) => CurrencyTable.Exists(number);

    public static Currency FromNumber(short number) =>
        CurrencyTable.Exists(number) ? new Currency(number) : throw new ArgumentOutOfRangeException(nameof(number), number, "Not an ISO 4217 numeric code.");

    public override string ToString() => Code;
}
