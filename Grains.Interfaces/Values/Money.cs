using System.Globalization;

namespace Grains.Interfaces.Values;

/// <summary>
/// An amount of one currency in its minor units (cents for USD, yen for JPY). Never a floating-point number, and never
/// apart from its currency: adding two currencies throws, and so does an overflow.
/// </summary>
public readonly record struct Money(long MinorUnits, Currency Currency)
{
    /// <summary>The largest amount of one payment: 10¹⁵ minor units.</summary>
    public const long MaxPaymentMinorUnits = 1_000_000_000_000_000;

    public static Money Zero(Currency currency) => new(0, currency);

    public static Money operator +(Money left, Money right) => left.Add(right);

    public static Money operator -(Money left, Money right) => left.Subtract(right);

    public Money Add(Money other) => new(checked(MinorUnits + Same(other)), Currency);

    public Money Subtract(Money other) => new(checked(MinorUnits - Same(other)), Currency);

    /// <summary>
    /// Reads a decimal string such as <c>150.00</c>: digits, then at most the currency's minor digits after one point.
    /// No sign, no exponent, no grouping, no leading or trailing point or space. More than 18 digits before the point
    /// overflow and are refused.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, Currency currency, out Money money)
    {
        money = default;
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? [] : text[(point + 1)..];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty) || fraction.Length > currency.MinorDigits)
            return false;
        if (whole.Length + currency.MinorDigits > 18)
            return false;
        long minorUnits = 0;
        foreach (var digit in whole)
            if (!Append(ref minorUnits, digit))
                return false;
        foreach (var digit in fraction)
            if (!Append(ref minorUnits, digit))
                return false;
        for (var missing = fraction.Length; missing < currency.MinorDigits; missing++)
            minorUnits *= 10;
        money = new Money(minorUnits, currency);
        return true;
    }

    /// <summary>The decimal string with exactly the currency's minor digits: <c>150.00</c>, <c>-0.05</c>, <c>100</c> (JPY).</summary>
    public string ToDecimalString()
    {
        Span<char> text = stackalloc char[24];
        return text[..FormatDecimal(text)].ToString();
    }

    /// <summary>Writes <see cref="ToDecimalString"/> into <paramref name="destination"/> (24 characters suffice) and returns its length.</summary>
    public int FormatDecimal(Span<char> destination)
    {
        var digits = Currency.MinorDigits;
        // Int64.MinValue has no positive twin in Int64; unsigned magnitude has.
        var magnitude = MinorUnits < 0 ? unchecked((ulong)-MinorUnits) : (ulong)MinorUnits;
        var length = 0;
        if (MinorUnits < 0)
            destination[length++] = '-';
        var scale = 1UL;
        for (var i = 0; i < digits; i++)
            scale *= 10;
        (magnitude / scale).TryFormat(destination[length..], out var written, default, CultureInfo.InvariantCulture);
        length += written;
        if (digits == 0)
            return length;
        destination[length++] = '.';
        var fraction = magnitude % scale;
        for (var i = digits - 1; i >= 0; i--)
        {
            destination[length + i] = (char)('0' + (fraction % 10));
            fraction /= 10;
        }

        return length + digits;
    }

    public override string ToString() => $"{ToDecimalString()} {Currency.Code}";

    private static bool Append(ref long minorUnits, char digit)
    {
        if (!char.IsAsciiDigit(digit))
            return false;
        minorUnits = (minorUnits * 10) + (digit - '0');
        return true;
    }

    private long Same(Money other) =>
        other.Currency == Currency
            ? other.MinorUnits
            : throw new InvalidOperationException($"{Currency.Code} and {other.Currency.Code} do not add.");
}
